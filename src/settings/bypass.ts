/** Which destinations go past the proxy, as each reader of a bypass list understands it. */
import type { NetRegex } from './bypass-regex.ts';
import type { Destination } from './choice.ts';

/** Loopback, as every chooser here sends it: never to a proxy. */
export const isLoopback = (host: string): boolean =>
  /^(localhost|loopback|127\.\d+\.\d+\.\d+|::1|\[::1\])$/i.test(host) || /\.localhost\.?$/i.test(host);

const isLiteral = (host: string): boolean => /^\d+\.\d+\.\d+\.\d+$/.test(host) || host.includes(':');

/**
 * Local for System.Net: no dot, or the whole of what follows the first dot is the machine's DNS domain, or one of
 * the machine's own addresses. Wider than WinINET's rule. Source: WebProxy.IsLocal.
 */
export function isLocalForNet({ host, machineSuffix, machineIps }: Destination): boolean {
  if (isLiteral(host)) return isLoopback(host) || machineIps.includes(host);
  const dot = host.indexOf('.');
  if (dot < 0) return true;
  return machineSuffix !== null && host.slice(dot + 1).toLowerCase() === machineSuffix.toLowerCase();
}

/** Local for WinINET, WinHTTP and Chromium: no dot. */
export const isPlainName = (host: string): boolean => !isLiteral(host) && !host.includes('.');

/** The first entry of `<bypasslist>` that matches. */
export const matchInList = (list: readonly NetRegex[], { url }: Destination): NetRegex | undefined =>
  list.find(({ regex }) => regex.test(originOf(url)));

/** `scheme://host[:port]`, the port only when it is not the scheme's own. */
const originOf = (url: string): string => {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
};

/**
 * An entry of the system's bypass list as System.Net reads it: wildcards, an optional scheme and an optional port;
 * without a port it holds for any. Source: WebProxyDataBuilder.
 */
export function matchesSystemEntry(entry: string, { url }: Destination): boolean {
  const [, scheme, host = entry, port] = /^(.*:\/\/)?([^:]*)(:\d{1,5})?$/.exec(entry) ?? [];
  const pattern = `^${scheme ? wildcard(scheme) : '(?:.*://)?'}${wildcard(host)}${port ?? '(?::[0-9]{1,5})?'}$`;
  return new RegExp(pattern, 'i').test(originOf(url));
}

/** An entry of WinHTTP's and WinINET's own list: a wildcard over host, `host:port` or `scheme://host`. */
export function matchesWinHttpEntry(entry: string, { url, host }: Destination): boolean {
  const { protocol, port } = new URL(url);
  const [, scheme, name = entry, wanted] = /^(?:([a-z]+):\/\/)?(\[[^\]]*\]|[^:]*)(?::(\d+))?$/i.exec(entry) ?? [];
  if (scheme !== undefined && `${scheme.toLowerCase()}:` !== protocol) return false;
  if (wanted !== undefined && wanted !== (port || (protocol === 'https:' ? '443' : '80'))) return false;
  return new RegExp(`^${wildcard(name.replace(/^\[|\]$/g, ''))}$`, 'i').test(host);
}

export const wildcard = (text: string): string => text.replace(/[\\^$.+?()[\]{}|#]/g, '\\$&').replace(/\*/g, '.*');

/** Entries of a list, without the empty ones. */
export const entriesOf = (list: string, separator: RegExp): string[] =>
  list
    .split(separator)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
