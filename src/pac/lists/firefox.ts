import { domainToASCII, domainToUnicode } from 'node:url';
import { canonicalIPv6, looseIPv4 } from '../address.ts';
import type { RouteList, RouteType } from '../list.ts';

const types: Readonly<Record<string, RouteType>> = {
  http: 'PROXY',
  proxy: 'PROXY',
  https: 'HTTPS',
  socks: 'SOCKS4',
  socks4: 'SOCKS4',
  socks5: 'SOCKS5',
};
const ports = { PROXY: 80, HTTPS: 443, SOCKS4: 1080, SOCKS5: 1080 } as const;

/**
 * Entries end at ";", after which further ";", blanks and tabs are skipped, but nothing is skipped before the first one:
 * a leading blank makes its type unreadable. A known type is kept even when its target is no host.
 */
export function firefoxList(returned: string): RouteList {
  const text = returned.split('\0', 1)[0] ?? ''; // a C string on its way to the parser
  const routes: string[] = [];
  let at = 0;
  while (at < text.length) {
    const stop = text.indexOf(';', at);
    const end = stop < 0 ? text.length : stop;
    const route = firefoxEntry(text.slice(at, end));
    if (route) routes.push(route);
    at = end;
    while (/[; \t]/.test(text[at] ?? '')) at++;
  }
  return { routes: routes.length > 0 ? routes : ['DIRECT'], error: null };
}

function firefoxEntry(entry: string): string | null {
  const gap = /[ \t]/.exec(entry)?.index ?? entry.length;
  const word = entry.slice(0, gap).toLowerCase();
  if (word === 'direct') return 'DIRECT';
  const type = Object.hasOwn(types, word) ? types[word] : undefined;
  if (!type) return null;
  const server = authority(entry.slice(gap).replace(/^[ \t]+/, ''));
  return server ? `${type} ${server.host}:${server.port ?? ports[type]}` : `${type} <no-host>`;
}

/** Schemes whose URLs need no slashes, with the port that disappears from them. */
const special: Readonly<Record<string, number>> = { http: 80, https: 443, ftp: 21, ws: 80, wss: 443 };

/**
 * The target is read as a URL when it is one, and else as what stands behind http://, so that of an unusable URL the
 * scheme remains as the host. The scheme's own port disappears, and the type's takes its place.
 */
function authority(target: string): { host: string; port: number | null } | null {
  const text = target.replace(/[\t\r\n]/g, '').replace(/[\0-\x20]+$/, '');
  const [, scheme = '', rest = ''] = /^[\0-\x20]*([a-z][a-z0-9+.-]*):(.*)$/is.exec(text) ?? [];
  const name = scheme.toLowerCase();
  const known = Object.hasOwn(special, name);
  const isUrl = known || (scheme !== '' && rest.startsWith('//'));
  const own = isUrl ? server(rest.replace(known ? /^[/\\]+/ : '//', ''), special[name] ?? null) : null;
  return own ?? server(text.replace(/^\/+/, ''), special['http'] ?? null);
}

function server(text: string, implied: number | null): { host: string; port: number | null } | null {
  const rest = text.split(/[/?#\\]/)[0] ?? '';
  const match = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(rest.slice(rest.lastIndexOf('@') + 1));
  const host = match ? firefoxHost(match[1] ?? '') : null;
  if (!match || !host) return null;
  const port = match[2] ? Number(match[2]) : null;
  if (port !== null && port > 65535) return null;
  return { host, port: port === implied ? null : port };
}

function firefoxHost(text: string): string | null {
  if (text.startsWith('[')) {
    const address = canonicalIPv6(text.slice(1, -1));
    return address && `[${address}]`;
  }
  const decoded = percentDecoded(text);
  if (decoded === null || /[\0-\x20"#%*/:<>?@[\\\]^|\x7f]/.test(decoded)) return null;
  const name = domainToASCII(decoded);
  if (name === '') return null;
  // In Firefox "0x" is no number, and a label that only looks like punycode no name.
  if (/(?:^|\.)0x\.?$/i.test(decoded) || !isPunycode(name)) return null;
  return /(?:^|\.)(?:\d+|0x[0-9a-f]*)\.?$/.test(name) ? looseIPv4(name.replace(/\.$/, '')) : name;
}

/** `domainToUnicode` leaves alone, or drops, what it cannot decode. */
const isPunycode = (name: string): boolean =>
  name.split('.').every((label) => !label.startsWith('xn--') || /[^\0-\x7f]/.test(domainToUnicode(label)));

function percentDecoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}
