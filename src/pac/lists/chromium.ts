import { canonicalIPv6 } from '../address.ts';
import type { RouteList, RouteType } from '../list.ts';
import { chromiumHost } from './chromium-host.ts';

const types: Readonly<Record<string, RouteType>> = {
  proxy: 'PROXY',
  https: 'HTTPS',
  socks: 'SOCKS4',
  socks4: 'SOCKS4',
  socks5: 'SOCKS5',
};
const ports = { PROXY: 80, HTTPS: 443, SOCKS4: 1080, SOCKS5: 1080 } as const;

/**
 * Entries end at ";" only; blanks and tabs around them are trimmed, line ends are not. What cannot be read is dropped
 * without a trace, and an empty list is DIRECT.
 */
export function chromiumList(text: string): RouteList {
  const routes: string[] = [];
  for (const part of text.split(';')) {
    const route = chromiumEntry(part.replace(/^[ \t]+|[ \t]+$/g, ''));
    if (route) routes.push(route);
  }
  return { routes: routes.length > 0 ? routes : ['DIRECT'], error: null };
}

function chromiumEntry(entry: string): string | null {
  const gap = /[ \t]/.exec(entry)?.index ?? entry.length;
  const word = entry.slice(0, gap).toLowerCase();
  const target = entry.slice(gap).replace(/^[ \t]+/, '');
  if (word === 'direct') return target === '' ? 'DIRECT' : null;
  const type = Object.hasOwn(types, word) ? types[word] : undefined;
  const server = type ? hostAndPort(target, ports[type]) : null;
  return server && type ? `${type} ${server}` : null;
}

/** The last colon outside brackets begins the port; a host full of colons gets its brackets. */
function hostAndPort(target: string, fallback: number): string | null {
  const at = /^(\[[^\]]*\]|.*?)(?::([^:\]]*))?$/s.exec(target);
  if (!at) return null;
  const [, host = '', port] = at;
  if (port !== undefined && !/^0*\d{1,5}$/.test(port)) return null;
  const number = port === undefined ? fallback : Number(port);
  if (number > 65535) return null;
  const place = host.replace(/^[\t-\r ]+|[\t-\r ]+$/g, '');
  const bare = canonicalIPv6(place.replace(/^\[(.*)\]$/s, '$1'));
  if (bare) return `[${bare}]:${number}`;
  const name = chromiumHost(place);
  return name === null ? null : `${name}:${number}`;
}
