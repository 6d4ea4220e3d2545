/**
 * Chromium's bypass rules: `[scheme://]host-pattern[:port]`, `.suffix`, `address/prefix`, `<local>`, `<-loopback>`.
 * The last rule that matches wins, and the implicit rules stand before all others. Source: Chromium's net/docs/proxy.md.
 */
import { entriesOf, isPlainName, wildcard } from './bypass.ts';
import type { Destination } from './choice.ts';

/** Loopback and link-local destinations, which go past the proxy unasked. */
export const implicitBypass = (host: string): string | undefined =>
  /^(localhost|127\.\d+\.\d+\.\d+|::1|loopback)\.?$|\.localhost\.?$/i.test(host) ||
  /^169\.254\.|^fe[89ab][0-9a-f]:/i.test(host)
    ? 'loopback and link-local are always direct'
    : undefined;

export function chromiumBypass(list: string, to: Destination): string | undefined {
  for (const entry of entriesOf(list, /[;,\s]+/).toReversed()) {
    if (entry.toLowerCase() === '<-loopback>') {
      if (implicitBypass(to.host) !== undefined) return undefined;
    } else if (matches(entry, to)) return entry;
  }
  return implicitBypass(to.host);
}

function matches(entry: string, { url, host }: Destination): boolean {
  if (entry.toLowerCase() === '<local>') return isPlainName(host);
  const block = /^(\d+\.\d+\.\d+\.\d+)\/(\d+)$/.exec(entry);
  if (block) return inBlock(host, block[1] ?? '', Number(block[2]));
  const { protocol, port } = new URL(url);
  const [, scheme, name = '', wanted] = /^(?:([a-z]+):\/\/)?(\[[^\]]*\]|[^:]*)(?::(\d+))?$/i.exec(entry) ?? [];
  if (scheme !== undefined && `${scheme.toLowerCase()}:` !== protocol) return false;
  if (wanted !== undefined && wanted !== (port || (protocol === 'https:' ? '443' : '80'))) return false;
  const pattern = name.startsWith('.') ? `*${name}` : name.replace(/^\[|\]$/g, '');
  return new RegExp(`^${wildcard(pattern)}$`, 'i').test(host);
}

/** Whether an IPv4 address is in a block; names never are. */
export function inBlock(host: string, base: string, prefix: number): boolean {
  const address = ipv4(host);
  const network = ipv4(base);
  if (address === undefined || network === undefined || prefix > 32) return false;
  const size = 2 ** (32 - prefix);
  return Math.floor(address / size) === Math.floor(network / size);
}

function ipv4(text: string): number | undefined {
  const parts = text.split('.').map(Number);
  if (parts.length !== 4 || !parts.every((part) => Number.isInteger(part) && part >= 0 && part < 256)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}
