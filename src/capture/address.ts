/** Addresses of the story as bytes. */
import { endpoint } from '../trace/dials.ts';

export interface Place {
  /** 4 bytes, or 16. */
  ip: Uint8Array;
  port: number;
}

/** The two ends of one flow, in one family. */
export interface Flow {
  from: Place;
  to: Place;
}

/**
 * `10.20.0.10:49153` and `[2001:db8::8]:443` → bytes. Where the story lets an IPv4 machine dial an IPv6 address, the
 * IPv4 one is shown as `::ffff:10.20.0.10`, for a packet has one family.
 */
export function flowOf(from: string, to: string): Flow {
  const ends = { from: placeOf(from), to: placeOf(to) };
  const mixed = ends.from.ip.length !== ends.to.ip.length;
  return mixed ? { from: mapped(ends.from), to: mapped(ends.to) } : ends;
}

export const reversed = ({ from, to }: Flow): Flow => ({ from: to, to: from });

function placeOf(text: string): Place {
  const { ip, port } = endpoint(text);
  return { ip: ip.includes(':') ? ipv6(ip) : ipv4(ip), port };
}

const ipv4 = (text: string): Uint8Array => Uint8Array.from(text.split('.'), Number);

function ipv6(text: string): Uint8Array {
  // An IPv4 tail is two groups: `::ffff:10.0.0.1`.
  const plain = text.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...parts: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = parts.slice(0, 4).map(Number);
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  });
  const [head = '', tail] = plain.split('::');
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const middle = Array.from({ length: 8 - left.length - right.length }, () => 0);
  return Uint8Array.from([...left, ...middle, ...right].flatMap((group) => [group >> 8, group & 255]));
}

const groups = (text: string): number[] =>
  text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));

const mapped = ({ ip, port }: Place): Place =>
  ip.length === 16
    ? { ip, port }
    : { ip: Uint8Array.of(...Array.from({ length: 10 }, () => 0), 255, 255, ...ip), port };
