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

/** For the first proxy of the lab; `trust` is a PEM file. Proxy variables are empty when the lab has no proxy. */
export function environmentFor(
  publication: Publication,
  scenario: Scenario,
  trust: string | null,
): Record<string, string> {
  const proxy = publication.doors.find(({ what }) => what === 'proxy');
  const dns = publication.doors.find(({ what }) => what === 'dns');
  const url = proxy ? proxyUrl(proxy) : '';
  const script = scriptUrl({ scenario, publication });
  return {
    // HTTP_PROXY in capitals is not for curl: in CGI programs it comes from outside.
    http_proxy: url,
    https_proxy: url,
    HTTP_PROXY: url,
    HTTPS_PROXY: url,
    no_proxy: direct,
    NO_PROXY: direct,
    // Node 24 reads them only when told to.
    NODE_USE_ENV_PROXY: '1',
    ...(trust !== null && Object.fromEntries(trustVariables.map((name) => [name, trust]))),
    ...(dns && { PACLAB_DNS: hostPort(dns.real) }),
    ...(script !== undefined && { PACLAB_PAC_URL: script }),
    ...(proxy && { PACLAB_PROXY: hostPort(proxy.real) }),
  };
}
