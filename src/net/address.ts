/** Addresses of the pretend world: `10.20.0.8:8080`, `[2001:db8::8]:8080`. */
import { isIP } from 'node:net';

export interface Endpoint {
  ip: string;
  port: number;
}

/** However the address is spelt: one place has one name. */
export const formatEndpoint = ({ ip, port }: Endpoint): string =>
  ip.includes(':') ? `[${canonicalV6(ip)}]:${port}` : `${ip}:${port}`;

/** Splits `host:port`, `[v6]:port` or `host`; undefined when it is neither. The host may be a name. */
export function splitHostPort(text: string): { host: string; port: number | undefined } | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:/@\s[\]]+))(?::(\d{1,5}))?$/i.exec(text);
  if (!match) return undefined;
  const port = match[3] === undefined ? undefined : Number(match[3]);
  if (port !== undefined && (port < 1 || port > 65_535)) return undefined;
  return { host: match[1] ?? match[2] ?? '', port };
}

/** IPv6 text as RFC 5952 wants it; anything else as it is. */
export const canonicalV6 = (address: string): string =>
  isIP(address) === 6 && !address.includes('%') ? new URL(`http://[${address}]/`).hostname.slice(1, -1) : address;

export const isAddress = (text: string): boolean => isIP(text) !== 0;

/** Of an address without a port. */
export const familyOf = (ip: string): 4 | 6 => (ip.includes(':') ? 6 : 4);
