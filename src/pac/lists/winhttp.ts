import type { RouteList } from '../list.ts';

/**
 * WinHttpGetProxyForUrl gives HTTP proxies only and stops at DIRECT (observed by Chromium's authors); blanks separate
 * entries as ";" does (comment in the .NET Framework source).
 */
export function winhttpList(text: string): RouteList {
  return { routes: windowsRoutes(text, ['proxy', 'http']), error: null };
}

/** Reads types and targets as a stream of words. Types outside `used` are dropped together with their target. */
export function windowsRoutes(text: string, used: readonly string[]): string[] {
  const known = new Set(['proxy', 'http', 'https', 'socks', 'socks4', 'socks5']);
  const routes: string[] = [];
  const words = text.split(/[;\s]+/).filter(Boolean);
  for (let at = 0; at < words.length; at++) {
    const type = words[at]?.toLowerCase() ?? '';
    if (type === 'direct') {
      routes.push('DIRECT');
      break;
    }
    const next = words[at + 1];
    if (!known.has(type) || next === undefined || known.has(next.toLowerCase()) || /^direct$/i.test(next)) continue;
    at++;
    const server = used.includes(type) ? windowsServer(next) : null;
    if (server) routes.push(`PROXY ${server}`);
  }
  return routes.length > 0 ? routes : ['DIRECT'];
}

function windowsServer(target: string): string | null {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^:[\]/@,]+)(?::(\d{1,5}))?,?$/.exec(target);
  if (!match || Number(match[2] ?? 80) > 65535) return null;
  return `${match[1]?.toLowerCase()}:${Number(match[2] ?? 80)}`;
}
