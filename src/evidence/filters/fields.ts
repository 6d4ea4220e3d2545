/** The fields that filters of the guides ask for, by Wireshark's names (wireshark.org/docs/dfref), and their values. */
import type { Value } from './expression.ts';
import type { Seen, SeenSegment } from './seen.ts';

export type FieldKind = 'number' | 'flag' | 'text' | 'address' | 'none';

interface Known {
  /** `none` has no value: it is there or it is not. */
  kind: FieldKind;
  of: (seen: Seen) => readonly Value[];
}

const there = (is: boolean): readonly Value[] => (is ? [true] : []);
const ports = (ends: { fromPort: number; toPort: number } | null): Value[] =>
  ends ? [ends.fromPort, ends.toPort] : [];
const flag = (of: (segment: SeenSegment) => boolean): Known => ({
  kind: 'flag',
  of: ({ tcp }) => (tcp ? [of(tcp)] : []),
});
const isV6 = ({ from }: Seen): boolean => from.includes(':');
const ends = ({ from, to }: Seen): Value[] => [from, to];

const fields = {
  ip: { kind: 'none', of: (seen) => there(!isV6(seen)) },
  'ip.addr': { kind: 'address', of: (seen) => (isV6(seen) ? [] : ends(seen)) },
  'ip.src': { kind: 'address', of: (seen) => (isV6(seen) ? [] : [seen.from]) },
  'ip.dst': { kind: 'address', of: (seen) => (isV6(seen) ? [] : [seen.to]) },
  ipv6: { kind: 'none', of: (seen) => there(isV6(seen)) },
  'ipv6.addr': { kind: 'address', of: (seen) => (isV6(seen) ? ends(seen) : []) },
  tcp: { kind: 'none', of: ({ tcp }) => there(tcp !== null) },
  'tcp.port': { kind: 'number', of: ({ tcp }) => ports(tcp) },
  'tcp.srcport': { kind: 'number', of: ({ tcp }) => (tcp ? [tcp.fromPort] : []) },
  'tcp.dstport': { kind: 'number', of: ({ tcp }) => (tcp ? [tcp.toPort] : []) },
  'tcp.flags.syn': flag(({ syn }) => syn),
  'tcp.flags.ack': flag(({ acks }) => acks),
  'tcp.flags.fin': flag(({ fin }) => fin),
  'tcp.flags.reset': flag(({ rst }) => rst),
  'tcp.analysis.retransmission': { kind: 'none', of: ({ tcp }) => there(tcp?.again === true) },
  udp: { kind: 'none', of: ({ udp }) => there(udp !== null) },
  'udp.port': { kind: 'number', of: ({ udp }) => ports(udp) },
  http: {
    kind: 'none',
    of: ({ http: { methods, statuses, tunnelled } }) => there(tunnelled || methods.length > 0 || statuses.length > 0),
  },
  'http.request': { kind: 'flag', of: ({ http }) => there(http.methods.length > 0) },
  'http.response': { kind: 'flag', of: ({ http }) => there(http.statuses.length > 0) },
  'http.request.method': { kind: 'text', of: ({ http }) => http.methods },
  'http.response.code': { kind: 'number', of: ({ http }) => http.statuses },
} as const satisfies Record<string, Known>;

export type Field = keyof typeof fields;

export const isField = (word: string): word is Field => Object.hasOwn(fields, word);
export const kindOf = (field: Field): FieldKind => fields[field].kind;
export const valuesOf = (field: Field, seen: Seen): readonly Value[] => fields[field].of(seen);
