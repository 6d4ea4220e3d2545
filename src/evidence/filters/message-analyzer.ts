/**
 * Filters of Microsoft Message Analyzer, by its operating guide ("Understanding the Filtering Language Basics", "Using the
 * Filtering Language"): letters of either case, paths that may leave out what stands between their ends
 * (`TCP.Segment.Flags.Syn` and `TCP.Syn`), `!=` for packets without the field too, `~=` without them, sets in brackets.
 */
import type { Expression } from './expression.ts';
import type { Field } from './fields.ts';
import type { Grammar } from './grammar.ts';

const field = (name: Field): Expression => ({ kind: 'test', field: name, how: 'exists', values: [] });

/** By first and last part of a path. */
const fields: Readonly<Record<string, Field>> = {
  tcp: 'tcp',
  'tcp.port': 'tcp.port',
  'tcp.sourceport': 'tcp.srcport',
  'tcp.destinationport': 'tcp.dstport',
  'tcp.syn': 'tcp.flags.syn',
  'tcp.ack': 'tcp.flags.ack',
  'tcp.fin': 'tcp.flags.fin',
  'tcp.rst': 'tcp.flags.reset',
  udp: 'udp',
  'udp.port': 'udp.port',
  ipv4: 'ip',
  'ipv4.address': 'ip.addr',
  'ipv4.sourceaddress': 'ip.src',
  'ipv4.destinationaddress': 'ip.dst',
  ipv6: 'ipv6',
  'ipv6.address': 'ipv6.addr',
  http: 'http',
  'http.request': 'http.request',
  'http.response': 'http.response',
  'http.method': 'http.request.method',
  'http.statuscode': 'http.response.code',
  // The words of the guide for what a proxy is asked for https, and says.
  'https.request': 'http.request',
  'https.response': 'http.response',
};

const again = field('tcp.analysis.retransmission');
const syn: Expression = { kind: 'test', field: 'tcp.flags.syn', how: 'one-of', values: [true] };

const properties: Readonly<Record<string, Expression>> = {
  'property.tcpsynretransmit': { kind: 'and', parts: [again, syn] },
  'property.tcpretransmit': again,
};

export const messageAnalyzer: Grammar = {
  word(word) {
    const path = word.toLowerCase().split('.');
    const ends = path.length > 1 ? `${path[0]}.${path.at(-1)}` : path.join('');
    const known = Object.hasOwn(fields, ends) ? fields[ends] : undefined;
    if (known !== undefined) return field(known);
    return Object.hasOwn(properties, ends) ? properties[ends] : undefined;
  },
  equal: ['=='],
  unequal: 'any-packet',
  differs: '~=',
  set: ['[', ']'],
};
