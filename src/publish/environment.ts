/** Variables that tell programs of their proxy and whom to trust; each program reads a few of them. */
import type { Scenario } from '../scenario/scenario.ts';
import { hostPort, proxyUrl, scriptUrl } from './guide.ts';
import type { Publication } from './publish.ts';

/** What never goes through a proxy: this machine itself. */
const direct = 'localhost,127.0.0.1,::1';

/** Curl and OpenSSL, Node, Python's requests and pip, Git, Cargo, AWS, Deno, npm. */
const trustVariables = [
  'SSL_CERT_FILE',
  'CURL_CA_BUNDLE',
  'NODE_EXTRA_CA_CERTS',
  'REQUESTS_CA_BUNDLE',
  'PIP_CERT',
  'GIT_SSL_CAINFO',
  'CARGO_HTTP_CAINFO',
  'AWS_CA_BUNDLE',
  'DENO_CERT',
  'npm_config_cafile',
];

/** `proxy` is a URL, empty for none: inherited settings then count for nothing. `trust` is a PEM file. */
export const environmentOf = (proxy: string, trust: string | null): Record<string, string> => ({
  http_proxy: proxy,
  https_proxy: proxy,
  HTTP_PROXY: proxy,
  HTTPS_PROXY: proxy,
  no_proxy: direct,
  NO_PROXY: direct,
  // Node 24 reads them only when told to.
  NODE_USE_ENV_PROXY: '1',
  ...(trust !== null && Object.fromEntries(trustVariables.map((name) => [name, trust]))),
});

/** For the first proxy of the lab, and where else it can be reached. */
export function environmentFor(
  publication: Publication,
  scenario: Scenario,
  trust: string | null,
): Record<string, string> {
  const proxy = publication.doors.find(({ what }) => what === 'proxy');
  const dns = publication.doors.find(({ what }) => what === 'dns');
  const script = scriptUrl({ scenario, publication });
  return {
    ...environmentOf(proxy ? proxyUrl(proxy) : '', trust),
    ...(dns && { PACLAB_DNS: hostPort(dns.real) }),
    ...(script !== undefined && { PACLAB_PAC_URL: script }),
    ...(proxy && { PACLAB_PROXY: hostPort(proxy.real) }),
  };
}
