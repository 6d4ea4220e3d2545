/** An entry of a list of routes, read: where to connect, and what to speak there. */
import { splitHostPort } from '../net/address.ts';

export type ProxyKind = 'PROXY' | 'HTTPS' | 'SOCKS4' | 'SOCKS5';

export type Route =
  | { kind: 'DIRECT' }
  | {
      kind: ProxyKind;
      host: string;
      port: number;
      /** Names go to the proxy, whatever the dialect says. */ remote: boolean;
    }
  /** Kept by the client although it is no proxy: the destination is taken for one (measured with Firefox). */
  | { kind: 'no-host' }
  | { kind: 'unusable'; text: string };

const kinds: Readonly<Record<string, { kind: ProxyKind; port: number; remote: boolean }>> = {
  PROXY: { kind: 'PROXY', port: 80, remote: false },
  HTTPS: { kind: 'HTTPS', port: 443, remote: false },
  SOCKS4: { kind: 'SOCKS4', port: 1080, remote: false },
  SOCKS4A: { kind: 'SOCKS4', port: 1080, remote: true },
  SOCKS5: { kind: 'SOCKS5', port: 1080, remote: false },
  SOCKS5H: { kind: 'SOCKS5', port: 1080, remote: true },
};

export function readRoute(text: string): Route {
  if (text === 'DIRECT') return { kind: 'DIRECT' };
  const [word = '', target = ''] = text.split(' ');
  if (target === '<no-host>') return { kind: 'no-host' };
  const kind = Object.hasOwn(kinds, word) ? kinds[word] : undefined;
  const at = splitHostPort(target);
  return kind && at ? { ...kind, host: at.host, port: at.port ?? kind.port } : { kind: 'unusable', text };
}

export const isSecure = ({ protocol }: URL): boolean => protocol === 'https:' || protocol === 'wss:';

/** Host and port of a URL, the default port filled in; IPv6 without brackets. */
export function targetOf(url: URL): { host: string; port: number } {
  const port = url.port === '' ? (/^(?:https|wss):$/.test(url.protocol) ? 443 : 80) : Number(url.port);
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port };
}
