/** Capture filters of pcap (pcap-filter(7)): host, port, portrange, tcp, udp, ip, ip6, icmp, src, dst, and, or, not. */
import type { Seen } from './seen.ts';
import { NotUnderstood, Tokens } from './tokens.ts';

export interface CaptureFilter {
  text: string;
  /** Part that is not understood; null when all is. */
  unknown: string | null;
  /** Ports that it names to keep them. */
  ports: number[];
  keeps: (seen: Seen) => boolean;
}

type Test = (seen: Seen) => boolean;
type Side = 'src' | 'dst' | 'any';

interface Reading {
  tokens: Tokens;
  ports: Set<number>;
  /** Within an odd number of `not`s. */
  negated: boolean;
}

/** Keeps everything when it is not understood: then nobody here knows what is missing. */
export function captureFilter(text: string): CaptureFilter {
  const all: Test = () => true;
  if (text.trim() === '') return { text, unknown: null, ports: [], keeps: all };
  try {
    const reading: Reading = { tokens: new Tokens(text), ports: new Set(), negated: false };
    const keeps = either(reading);
    if (reading.tokens.next) throw new NotUnderstood(reading.tokens.next.text);
    return { text, unknown: null, ports: [...reading.ports], keeps };
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error;
    return { text, unknown: error.part, ports: [], keeps: all };
  }
}

// `and` and `or` have the same rank, and group from the left (pcap-filter(7)).
function either(reading: Reading): Test {
  let left = one(reading);
  for (;;) {
    const { tokens } = reading;
    const first = left;
    if (tokens.takes('and', '&&')) {
      const right = one(reading);
      left = (seen) => first(seen) && right(seen);
    } else if (tokens.takes('or', '||')) {
      const right = one(reading);
      left = (seen) => first(seen) || right(seen);
    } else return left;
  }
}

function one(reading: Reading): Test {
  const { tokens } = reading;
  if (tokens.takes('not', '!')) {
    const inner = one({ ...reading, negated: !reading.negated });
    return (seen) => !inner(seen);
  }
  if (tokens.takes('(')) {
    const inner = either(reading);
    tokens.need(')');
    return inner;
  }
  return primitive(reading);
}

const protocols: Readonly<Record<string, Test>> = {
  ip: ({ from }) => !from.includes(':'),
  ip6: ({ from }) => from.includes(':'),
  tcp: ({ tcp }) => tcp !== null,
  udp: ({ udp }) => udp !== null,
  icmp: ({ protocol }) => protocol === 1,
  icmp6: ({ protocol }) => protocol === 58,
};

function primitive(reading: Reading): Test {
  const { tokens } = reading;
  const word = Object.keys(protocols).find((name) => tokens.takes(name));
  const protocol = word === undefined ? undefined : protocols[word];
  const side: Side = tokens.takes('src') ? 'src' : tokens.takes('dst') ? 'dst' : 'any';
  const test = qualified(reading, side, word);
  if (!test) {
    if (protocol && side === 'any') return protocol;
    throw new NotUnderstood(tokens.next?.text ?? 'the end');
  }
  return protocol ? (seen) => protocol(seen) && test(seen) : test;
}

function qualified({ tokens, ports, negated }: Reading, side: Side, protocol: string | undefined): Test | undefined {
  if (tokens.takes('host')) {
    const host = addressIn(tokens.take().text);
    return ({ from, to }) => (side !== 'dst' && from === host) || (side !== 'src' && to === host);
  }
  const range = tokens.takes('portrange');
  if (!range && !tokens.takes('port')) return undefined;
  const [first, last] = numbersIn(tokens.take().text, range);
  if (!negated && !range && protocol !== 'udp') ports.add(first);
  return ({ tcp, udp }) => {
    const both = tcp ?? udp;
    if (!both) return false;
    const isIn = (port: number): boolean => port >= first && port <= last;
    return (side !== 'dst' && isIn(both.fromPort)) || (side !== 'src' && isIn(both.toPort));
  };
}

function addressIn(text: string): string {
  if (/^\d+(?:\.\d+){3}$/.test(text) || text.includes(':')) return text.toLowerCase();
  throw new NotUnderstood(text);
}

const known: Readonly<Record<string, number>> = { http: 80, https: 443, domain: 53 };

function numbersIn(text: string, range: boolean): [number, number] {
  const [, first, last = first] = (range ? /^(\d+)-(\d+)$/ : /^(\d+)$/).exec(text) ?? [];
  const named = Object.hasOwn(known, text) ? known[text] : undefined;
  if (first === undefined && (range || named === undefined)) throw new NotUnderstood(text);
  return [Number(first ?? named), Number(last ?? named)];
}
