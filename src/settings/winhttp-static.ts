/** A static proxy as WinHTTP, WinINET and Chromium read it: `host:port`, or by scheme, and a bypass list. */
import { entriesOf, isLoopback, isPlainName, matchesWinHttpEntry } from './bypass.ts';
import type { Destination, StaticRoute } from './choice.ts';
import type { Setting } from './layers.ts';

export interface StaticProxy {
  proxy: Setting<string> | undefined;
  bypass: Setting<string> | undefined;
}

/** Entries are parted by semicolons or blanks. A scheme without an entry goes direct. */
export function winHttpStatic({ proxy, bypass }: StaticProxy, to: Destination): StaticRoute {
  const address = proxyFor(proxy?.value ?? '', to.url);
  if (address === undefined) return { routes: ['DIRECT'], bypassed: null };
  const bypassed = isLoopback(to.host) ? 'loopback is always direct' : winHttpBypass(bypass?.value ?? '', to);
  if (bypassed !== undefined) return { routes: ['DIRECT'], bypassed };
  return { routes: [address], bypassed: null };
}

/** The first entry of the list that matches. */
const winHttpBypass = (list: string, to: Destination): string | undefined =>
  entriesOf(list, /[;\s]+/).find((entry) =>
    entry.toLowerCase() === '<local>' ? isPlainName(to.host) : matchesWinHttpEntry(entry, to),
  );

/** The route for a URL in a proxy string: `PROXY host:port`, or `SOCKS4 host:port` when only that one is there. */
export function proxyFor(text: string, url: string): string | undefined {
  const scheme = new URL(url).protocol.replace(':', '');
  const entries = schemesIn(text);
  const own = entries.find(({ of }) => of === scheme) ?? entries.find(({ of }) => of === undefined);
  return own ? routeOf(own.address) : socksIn(entries);
}

/**
 * The same for a WebSocket, as Chromium maps it: it has no entry of its own, so the one for all others (`socks=`)
 * counts, then https, then http (net/docs/proxy.md).
 */
export function proxyForWebSocket(text: string): string | undefined {
  const entries = schemesIn(text);
  const [own] = [undefined, 'https', 'http'].flatMap((scheme) => entries.find(({ of }) => of === scheme) ?? []);
  return socksIn(entries) ?? (own && routeOf(own.address));
}

interface SchemeEntry {
  /** `http` of `http=proxy:8080`; undefined where the entry holds for all. */
  of: string | undefined;
  address: string;
}

const schemesIn = (text: string): SchemeEntry[] =>
  entriesOf(text, /[;\s]+/).map((entry) => {
    const [, of, address = ''] = /^(?:(\w+)=)?(.*)$/.exec(entry) ?? [];
    return { of: of?.toLowerCase(), address };
  });

function socksIn(entries: readonly SchemeEntry[]): string | undefined {
  const socks = entries.find(({ of }) => of === 'socks');
  return socks && routeOf(`socks://${socks.address.replace(/^\w+:\/\//, '')}`);
}

const kinds: Record<string, { word: string; port: number }> = {
  http: { word: 'PROXY', port: 80 },
  https: { word: 'HTTPS', port: 443 },
  socks: { word: 'SOCKS4', port: 1080 },
  socks4: { word: 'SOCKS4', port: 1080 },
  socks5: { word: 'SOCKS5', port: 1080 },
};

function routeOf(address: string): string | undefined {
  const [, scheme = 'http', host, port] = /^(?:(\w+):\/\/)?(\[[^\]]*\]|[^:/]+)(?::(\d+))?\/?$/.exec(address) ?? [];
  const kind = kinds[scheme.toLowerCase()];
  return host === undefined || !kind ? undefined : `${kind.word} ${host}:${port ?? kind.port}`;
}
