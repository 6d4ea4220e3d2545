import type { RouteList, RouteType } from '../list.ts';

const schemes: Readonly<Record<string, { scheme: string; type: RouteType; port: number }>> = {
  PROXY: { scheme: 'http', type: 'PROXY', port: 80 },
  HTTP: { scheme: 'http', type: 'PROXY', port: 80 },
  HTTPS: { scheme: 'https', type: 'HTTPS', port: 443 },
  SOCKS: { scheme: 'socks', type: 'SOCKS5', port: 1080 },
  SOCKS5: { scheme: 'socks', type: 'SOCKS5', port: 1080 },
  SOCKS4: { scheme: 'socks4', type: 'SOCKS4', port: 1080 },
};

const failed = { name: 'Error', message: 'Failed to establish a socket connection to proxies' };

/**
 * pac-proxy-agent: types in capitals only, an unknown one is a failed attempt, and a target that is no URL throws out of
 * the whole request, so entries behind it are never tried. Nothing at all is DIRECT; nothing but separators is an error.
 */
export function nodeList(text: string): RouteList {
  const routes: string[] = [];
  for (const entry of (text || 'DIRECT')
    .trim()
    .split(/\s*;\s*/)
    .filter(Boolean)) {
    const [word = '', target] = entry.split(/\s+/);
    const known = Object.hasOwn(schemes, word) ? schemes[word] : undefined;
    if (word === 'DIRECT') routes.push('DIRECT');
    else if (!known) routes.push(`<unknown ${word}>`);
    else {
      const url = parsed(`${known.scheme}://${target}`);
      if (!url) return { routes, error: { name: 'TypeError', message: 'Invalid URL' } };
      routes.push(`${known.type} ${url.hostname || '<no-host>'}:${url.port === '' ? known.port : Number(url.port)}`);
    }
  }
  return { routes, error: routes.some((route) => !route.startsWith('<unknown ')) ? null : failed };
}

function parsed(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}
