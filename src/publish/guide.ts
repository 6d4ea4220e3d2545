/** How to point real clients at a published lab: lines to paste, true for the addresses of this one. */
import type { Scenario } from '../scenario/scenario.ts';
import type { Publication, PublishedDoor } from './publish.ts';

export interface GuideFacts {
  scenario: Scenario;
  publication: Publication;
  /** File with the authority that the clients of the story trust; null when it was not written. */
  caFile: string | null;
  /** SHA-256 of the key of the lab's certificates, in base64: how Chromium is told to trust them. */
  keyHash: string;
}

export interface Hint {
  client: string;
  command: string;
}

const isScriptHost = ({ speaks, names }: PublishedDoor): boolean =>
  speaks === 'http' && names.some((name) => /^wpad(\.|$)/i.test(name));

/** A URL that the story asks for, or one of a host that is there. */
function urlOf({ model }: Scenario, { doors }: Publication): string {
  // Steps are objects with one verb each; its schema is its own.
  const steps = model.steps as readonly { fetch?: { url: string } }[];
  const asked = steps.flatMap(({ fetch }) => fetch?.url ?? []);
  const [host] = doors.filter(({ speaks, names }) => speaks === 'https' && !names[0]?.includes('*'));
  return asked[0] ?? (host ? `https://${host.names[0]}/` : 'http://example.com/');
}

export const proxyUrl = ({ speaks, real }: PublishedDoor): string =>
  `${speaks === 'tls-proxy' ? 'https' : 'http'}://${hostPort(real)}`;

/** Where the proxy script is, by real address; undefined when no host of the lab is called wpad. */
export function scriptUrl({ scenario, publication }: Pick<GuideFacts, 'scenario' | 'publication'>): string | undefined {
  const door = publication.doors.find(isScriptHost);
  if (!door) return undefined;
  const http = scenario.model.lab.hosts[door.name]?.http;
  const paths = Object.keys((http && 'paths' in http ? http.paths : http) ?? {});
  return `http://${hostPort(door.real)}${paths.find((path) => !path.includes('*')) ?? '/wpad.dat'}`;
}

export function guideTo(facts: GuideFacts): Hint[] {
  const { scenario, publication, caFile, keyHash } = facts;
  const url = urlOf(scenario, publication);
  const [dns] = publication.doors;
  const proxy = publication.doors.find(({ what }) => what === 'proxy');
  const script = scriptUrl(facts);
  const trust = caFile === null ? '' : ` --cacert ${caFile}`;
  const hints: (Hint | undefined)[] = [
    dns && { client: 'dig', command: `dig @${dns.real.host}${portOption(dns, 53, ' -p ')} ${nameToAsk(scenario)}` },
    proxy && { client: 'curl', command: `curl -v -x ${proxyUrl(proxy)}${trust} ${url}` },
    script === undefined ? undefined : { client: 'curl', command: `curl -v ${script}` },
    proxy && {
      client: 'node',
      command: `NODE_USE_ENV_PROXY=1 HTTPS_PROXY=${proxyUrl(proxy)}${caFile === null ? '' : ` NODE_EXTRA_CA_CERTS=${caFile}`} node app.js`,
    },
    {
      client: 'chromium',
      command: `chromium --user-data-dir=$(mktemp -d) --no-first-run --disable-background-networking --disable-component-update --disable-sync --ignore-certificate-errors-spki-list=${keyHash} ${script === undefined && proxy ? `--proxy-server=${hostPort(proxy.real)}` : '--proxy-auto-detect'} --host-resolver-rules="${resolverRules(publication, url)}" ${url}`,
    },
    script === undefined
      ? undefined
      : {
          client: 'firefox',
          command: `user_pref("network.proxy.type", 2); user_pref("network.proxy.autoconfig_url", "${script}");`,
        },
  ];
  return hints.filter((hint) => hint !== undefined);
}

function nameToAsk({ model }: Scenario): string {
  const names = Object.keys(model.lab.dns.records);
  return names.find((name) => name.startsWith('wpad.')) ?? names[0] ?? 'wpad.corp.example';
}

/** Chromium's own table of names, so that no DNS is asked: script, proxies, and the host of the URL. All others do not exist. */
function resolverRules({ doors }: Publication, url: string): string {
  const { hostname } = new URL(url);
  const rules = doors.flatMap((door) => {
    const needed = door.what === 'proxy' || isScriptHost(door) || door.names.includes(hostname);
    if (!needed || door.speaks === 'tcp') return [];
    const port = door.story.slice(door.story.lastIndexOf(':') + 1);
    const names = isScriptHost(door) ? [...door.names, 'wpad'] : door.names;
    return names.map((name) => `MAP ${name}:${port} ${hostPort(door.real)}`);
  });
  const real = [...new Set(doors.map(({ real: { host } }) => (host.startsWith('127.') ? '127.*' : host)))];
  return [...rules, 'MAP * ~NOTFOUND', ...real.map((host) => `EXCLUDE ${host}`)].join(', ');
}

const portOption = ({ real }: PublishedDoor, usual: number, option: string): string =>
  real.port === usual ? '' : `${option}${real.port}`;

export const hostPort = ({ host, port }: { host: string; port: number }): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
