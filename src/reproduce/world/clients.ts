/** `clients:` and `steps:`: who asked, by which settings, and for what. */
import { header } from '../../trace/view.ts';
import type { Request } from '../../trace/requests.ts';
import { placeOf } from '../statements.ts';
import { standIn, trustsInspection } from './proxies.ts';
import type { Facts } from './facts.ts';
import type { Story } from './story.ts';
import { eachWay, placeIn, tornIn, wayOf } from './ways.ts';

type Profile = 'dotnet-framework' | 'winhttp' | 'chromium' | 'firefox' | 'curl' | 'node';

const agents: readonly [RegExp, Profile][] = [
  [/Microsoft-CryptoAPI|WinHttp/i, 'winhttp'],
  [/Firefox\//, 'firefox'],
  [/Chrome\/|Edg\//, 'chromium'],
  [/^curl\//i, 'curl'],
  [/node|undici|axios/i, 'node'],
];

const services = /\.(?:msappproxy\.net|servicebus\.windows\.net)$/i;
const checks = /^(?:crl\d*|ocsp|oneocsp|ctldl|mscrl)\./i;
const mostSteps = 24;

export function writeClients(story: Story, facts: Facts, folder: string): void {
  const asked = facts.requests
    .flatMap((request) => eachWay(facts, request))
    .flatMap((request) => playable(story, request));
  if (asked.length === 0) return writeMachine(story, facts, folder);
  const names = new Map<string, string>();
  const torn = tornIn(asked);
  const done = new Set<string>();
  for (const request of asked) {
    const profile = profileOf(request, facts);
    const way = torn.has(placeIn(request)) ? ` ${wayOf(request)}` : '';
    const key = `${request.client} ${profile}${way}`;
    const name = names.get(key) ?? nameFor(profile, [...names.values()]);
    if (!names.has(key)) writeClient(story, facts, { name, profile, request, folder, apart: way !== '' });
    names.set(key, name);
    const step = `${name} ${request.url} ${request.started.data.method}`;
    if (done.has(step)) continue;
    done.add(step);
    if (done.size > mostSteps) {
      story.leave(`more than ${mostSteps} requests`);
      break;
    }
    story.add(['steps'], { fetch: { url: request.url, client: name } }, placeOf(request.started));
  }
}

/** What can be fetched; a proxy that could not be reached was to be asked for something that nobody saw. */
function playable(story: Story, request: Request): Request[] {
  if (/^https?$/.test(request.target.scheme) && request.target.host !== '') return [request];
  if (request.url !== '(not seen)' || !request.attempts.some(({ proxy }) => proxy)) {
    story.leave(request.url === '(not seen)' ? 'connections on which nothing was asked' : request.url);
    return [];
  }
  const host = 'tenant.msappproxy.net';
  story.assume(`what ${request.client} wanted of the proxy that it did not reach is https://${host}/`);
  return [{ ...request, url: `https://${host}/`, target: { scheme: 'https', host, port: 443 } }];
}

/** Only settings: the program of a connector's machine goes by them. */
function writeMachine(story: Story, facts: Facts, folder: string): void {
  const roles = facts.settings.map(({ settings }) => settings?.role);
  const only = (role: string): boolean => roles.length > 0 && roles.every((each) => each === role);
  if (only('environment')) {
    writeClient(story, facts, { name: 'program', profile: 'curl', folder });
    story.add(['steps'], { fetch: { url: 'https://tenant.msappproxy.net/bootstrap', client: 'program' } });
    story.assume('a program that goes by the variables, as curl does, asks for something outside');
    return;
  }
  const updater = only('updater-config');
  const name = updater ? 'updater' : 'service';
  writeClient(story, facts, { name, profile: 'dotnet-framework', folder });
  story.set(
    ['clients', name, 'program'],
    updater ? 'updater' : { kind: 'connector', phases: ['bootstrap', 'certificates', 'signalling'] },
  );
  story.add(['steps'], { start: name });
  story.assume(
    `these are files of a machine on which the ${updater ? 'updater of the connector' : 'connector'} starts`,
  );
}

interface Written {
  name: string;
  profile: Profile;
  request?: Request;
  folder: string;
  /** Only this way is its own: the machine's other settings are those of others. */
  apart?: boolean;
}

function writeClient(story: Story, facts: Facts, { name, profile, request, folder, apart = false }: Written): void {
  const path = ['clients', name];
  const first = request && placeOf(request.started);
  story.set([...path, 'profile'], profile, first);
  if (request) {
    // A log or a browser's export knows its client by another name.
    if (/^[\d.]+$|:/.test(request.client)) story.set([...path, 'address'], request.client, first);
    story.assume(
      `${request.client} is ${sayProfile[profile]}: ${agentOf(request) === undefined ? 'by what it asks for' : 'by its User-Agent'}`,
    );
  }
  const isService = profile === 'dotnet-framework' || profile === 'winhttp';
  if (isService) story.set([...path, 'identity'], name === 'updater' ? 'system' : 'network-service');
  if (isService || (request && isKnownToService(facts, request))) story.set([...path, 'certificates'], ['connector']);
  if (request && (gotThrough(facts, request) || hasLoggedOn(facts, request))) {
    story.set([...path, 'credentials'], { ...standIn }, first);
    story.assume(`the credentials of ${request.client} are stand-ins: no file shows them in the clear`);
  }
  if (request && trustsInspection(facts, request.client))
    story.set([...path, 'trust'], ['public-ca', 'inspection-ca'], first);
  const imports = facts.settings.filter(({ settings }) => counts(profile, settings?.role));
  if (apart && request) {
    story.set([...path, 'settings'], byWay(request, profile), first);
    story.assume(`${name} goes by ${wayOf(request)}: the machine goes to ${request.target.host} by other ways too`);
    return;
  }
  if (imports.length > 0) {
    for (const { copy, name: from } of imports) story.add([...path, 'settings', 'import'], `${folder}/${copy}`, from);
    return;
  }
  if (request) story.set([...path, 'settings'], observed(facts, request, profile), first);
  else if (profile === 'dotnet-framework') {
    story.set([...path, 'settings'], { defaultProxy: { proxy: { autoDetect: true } } });
    story.assume('the service looks for a script by itself: no file has its settings');
  }
}

/** The service answered this client, as it does nobody without a certificate. */
const isKnownToService = ({ requests }: Facts, { client }: Request): boolean =>
  requests.some((request) => request.client === client && request.ok && services.test(request.target.host));

/** It sent credentials, whatever came of them. */
const hasLoggedOn = ({ view }: Facts, { client }: Request): boolean =>
  view
    .ofType('proxy.request')
    .some(({ data }) => data.client === client && header(data.headers, 'proxy-authorization') !== undefined);

/** A proxy challenged this client, and let it pass later. */
function gotThrough({ requests }: Facts, { client }: Request): boolean {
  const own = requests.filter((request) => request.client === client);
  return own.some((request) => {
    const challenge = request.ofType('proxy.challenged')[0];
    const later = request
      .ofType('proxy.response')
      .filter(({ seq, data }) => data.status < 300 && seq > (challenge?.seq ?? Infinity));
    return later.length > 0;
  });
}

const sayProfile: Record<Profile, string> = {
  'dotnet-framework': 'a service on the .NET Framework',
  winhttp: 'a caller of WinHTTP',
  chromium: 'a browser of the Chromium family',
  firefox: 'Firefox',
  curl: 'curl',
  node: 'a program on Node',
};

function counts(profile: Profile, role: string | undefined): boolean {
  if (profile === 'curl' || profile === 'node') return role === 'environment';
  if (profile === 'chromium' || profile === 'firefox') return role === 'registry';
  return role !== 'environment';
}

/** Settings that lead to the routes which were seen. */
function observed({ view, scriptUrls }: Facts, request: Request, profile: Profile): unknown {
  const searched = view.ofType('discovery.started').some(({ data }) => data.client === request.client);
  const fetched = view.ofType('pac.fetched').find(({ data }) => data.client === request.client);
  const script = scriptUrls[0]?.url ?? fetched?.data.url;
  return settingsFor(request, profile, { script, isWpad: searched || (script ?? '').endsWith('/wpad.dat') });
}

/** No script: the way that was seen, and no other. */
const byWay = (request: Request, profile: Profile): unknown =>
  settingsFor(request, profile, { script: undefined, isWpad: false });

function settingsFor(
  { attempts }: Request,
  profile: Profile,
  { script, isWpad }: { script: string | undefined; isWpad: boolean },
): unknown {
  const proxy = attempts.find((attempt) => attempt.proxy)?.proxy;
  const place = proxy ? `${proxy.host}:${proxy.port}` : undefined;
  if (profile === 'curl' || profile === 'node')
    return place === undefined
      ? {}
      : { environment: { HTTPS_PROXY: `http://${place}`, http_proxy: `http://${place}` } };
  if (profile === 'chromium' || profile === 'firefox') {
    if (script !== undefined && !isWpad) return { browser: { mode: 'script', scriptUrl: script } };
    if (isWpad) return { browser: { mode: 'auto-detect' } };
    return { browser: place === undefined ? { mode: 'direct' } : { mode: 'manual', proxy: place } };
  }
  if (profile === 'winhttp') {
    if (isWpad) return { system: { autoDetect: true } };
    return place === undefined ? { system: { autoDetect: false } } : { netsh: { proxy: place } };
  }
  if (script !== undefined && !isWpad) return { defaultProxy: { proxy: { scriptLocation: script } } };
  if (isWpad) return { defaultProxy: { proxy: { autoDetect: true } } };
  return place === undefined
    ? { defaultProxy: { enabled: false } }
    : { defaultProxy: { proxy: { proxyaddress: `http://${place}` } } };
}

const agentOf = (request: Request): string | undefined =>
  [...request.ofType('proxy.request'), ...request.ofType('origin.request')]
    .map(({ data }) => header(data.headers, 'user-agent'))
    .find((text) => text !== undefined && text !== 'redacted');

function profileOf(request: Request, facts: Facts): Profile {
  const agent = agentOf(request) ?? '';
  const known = agents.find(([pattern]) => pattern.test(agent));
  if (known) return known[1];
  const stated = facts.view.ofType('client.started').find(({ data }) => data.client === request.client)?.data.profile;
  if (stated !== undefined && ['chromium', 'firefox', 'curl', 'node', 'winhttp'].includes(stated))
    return stated as Profile;
  if (services.test(request.target.host)) return 'dotnet-framework';
  return checks.test(request.target.host) ? 'winhttp' : 'dotnet-framework';
}

function nameFor(profile: Profile, taken: readonly string[]): string {
  const base = {
    'dotnet-framework': 'service',
    winhttp: 'windows',
    chromium: 'browser',
    firefox: 'browser',
    curl: 'program',
    node: 'program',
  }[profile];
  const count = taken.filter((name) => name === base || name.startsWith(`${base}-`)).length;
  return count === 0 ? base : `${base}-${count + 1}`;
}
