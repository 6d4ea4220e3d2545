/** What the files say, asked by those who write the scenario. */
import type { Gathered, Piece } from '../sent.ts';
import { proxiesInScript } from '../proxies.ts';
import { placeOf, proxiesInStatement, settingsIn } from '../statements.ts';
import { requestsOf } from '../../trace/requests.ts';
import type { Request } from '../../trace/requests.ts';
import { viewOf } from '../../trace/view.ts';
import { loggedIn, requestsInLogs } from './logged.ts';
import type { View } from '../../trace/view.ts';

export interface ProxyFact {
  scheme: string;
  host: string;
  port: number;
  from: string;
  /** A log shows that it is there, and nobody says where. */
  assumed?: true;
}

export interface Facts {
  gathered: Gathered;
  view: View;
  requests: readonly Request[];
  scripts: readonly Piece[];
  settings: readonly Piece[];
  /** Every proxy that settings, scripts or connections name, once. */
  proxies: readonly ProxyFact[];
  /** Addresses of scripts that settings name. */
  scriptUrls: readonly { url: string; from: string }[];
  suffix: { name: string; from: string } | null;
  /** Addresses of a name, as answers in a capture gave them. */
  addressOf: ReadonlyMap<string, { ips: string[]; from: string }>;
}

export function factsOf(gathered: Gathered): Facts {
  const view = viewOf(gathered.events ?? []);
  const proxyAddresses = new Set(
    view.ofType('proxy.request').map(({ data }) => data.proxy.slice(0, data.proxy.lastIndexOf(':'))),
  );
  // What a proxy asks for itself is its way to destinations.
  const seen = requestsOf(view).filter(({ client }) => !proxyAddresses.has(client));
  const scripts = gathered.pieces.filter(({ kind }) => kind === 'script');
  const settings = gathered.pieces.filter((piece) => piece.settings !== null).toSorted((a, b) => rank(a) - rank(b));
  const statements = settings.flatMap(settingsIn);
  const addressOf = new Map<string, { ips: string[]; from: string }>();
  for (const event of view.ofType('dns.resolved')) {
    const ips = event.data.addresses.filter((text) => /^[\d.]+$|:/.test(text));
    if (ips.length > 0 && !addressOf.has(event.data.name.toLowerCase()))
      addressOf.set(event.data.name.toLowerCase(), { ips, from: placeOf(event) });
  }
  const proxies = distinct([
    ...seen.flatMap(({ attempts }) =>
      attempts.flatMap(({ proxy, route, started }): ProxyFact[] =>
        proxy ? [{ scheme: route.split(' ')[0] ?? 'PROXY', ...proxy, from: placeOf(started) }] : [],
      ),
    ),
    ...statements.flatMap((one): ProxyFact[] =>
      proxiesInStatement(one).map((place) => ({ scheme: 'PROXY', ...place, from: one.at })),
    ),
    ...scripts.flatMap(({ text, name }) =>
      proxiesInScript(text).map(({ scheme, host, port, line }) => ({ scheme, host, port, from: `${name}:${line}` })),
    ),
    ...view.ofType('pac.loaded').flatMap((event) =>
      proxiesInScript(event.data.text).map(({ scheme, host, port, line }) => ({
        scheme,
        host,
        port,
        from: `${placeOf(event)}, script line ${line}`,
      })),
    ),
  ]);
  const scriptUrls = statements.flatMap(({ says, at }) => {
    const [, url] = /^(?:AutoConfigURL|proxy\.scriptLocation|.*scriptUrl\S*) = (https?:\/\/\S+)/i.exec(says) ?? [];
    return url === undefined ? [] : [{ url, from: at }];
  });
  const suffix = suffixOf(view, proxies, scriptUrls);
  const [log] = loggedIn(view);
  if (log && proxies.length === 0) {
    const host = `proxy.${suffix?.name ?? 'corp.example'}`;
    proxies.push({ scheme: 'PROXY', host, port: 8080, from: placeOf(log), assumed: true });
  }
  const [first] = proxies;
  const requests = [...seen, ...(first ? requestsInLogs(view, first) : [])];
  return { gathered, view, requests, scripts, settings, proxies, scriptUrls, addressOf, suffix };
}
/** What the connector itself reads comes first. */
const roles = ['service-config', 'updater-config', 'machine-config', 'registry', 'netsh', 'environment'];
const rank = ({ settings }: Piece): number => roles.indexOf(settings?.role ?? '');

function distinct(proxies: readonly ProxyFact[]): ProxyFact[] {
  const found = new Map<string, ProxyFact>();
  for (const one of proxies) {
    const key = `${one.host.toLowerCase()}:${one.port}`;
    const known = found.get(key);
    if (known) known.from = [...new Set([...known.from.split(', '), one.from])].slice(0, 4).join(', ');
    else found.set(key, { ...one });
  }
  return [...found.values()];
}

/** The domain of the machines: what wpad was looked for in, or what the names of proxies end in. */
function suffixOf(
  view: View,
  proxies: readonly ProxyFact[],
  scriptUrls: readonly { url: string; from: string }[],
): Facts['suffix'] {
  for (const event of view.events) {
    const name = event.type === 'dns.query' || event.type === 'dns.resolved' ? event.data.name : '';
    const [, suffix] = /^wpad\.(.+\..+)$/i.exec(name) ?? [];
    if (suffix !== undefined) return { name: suffix, from: placeOf(event) };
  }
  const hosts = [
    ...proxies.map(({ host, from }) => ({ host, from })),
    ...scriptUrls.map(({ url, from }) => ({ host: URL.canParse(url) ? new URL(url).hostname : '', from })),
  ];
  const named = hosts.find(({ host }) => /^[^.\d][^.]*\.[^.]+\.[^.]+/.test(host));
  return named ? { name: named.host.slice(named.host.indexOf('.') + 1), from: named.from } : null;
}
