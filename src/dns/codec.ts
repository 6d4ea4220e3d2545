/** Between our records and those of dns2, whose packet reader and writer is all that is used of it. */
import { Packet } from 'dns2';
import type DNS from 'dns2';

import { canonicalV6 } from '../net/address.ts';
import { groupsOfV6 } from './name.ts';
import { qtypeName, types } from './record.ts';
import type { Question, RecordData, ResourceRecord } from './record.ts';
import type { RawRecord } from './wire.ts';

export const internet = 1;
const bitsPerByte = 8;
const reader = (bytes: Buffer, start: number): DNS.Packet.Reader => new Packet.Reader(bytes, start * bitsPerByte);

export function questionAt(bytes: Buffer, start: number): Question {
  const { name, type } = Packet.Question.decode(reader(bytes, start));
  return { name, qtype: qtypeName(type) };
}

export const recordsAt = (bytes: Buffer, records: readonly RawRecord[]): ResourceRecord[] =>
  records.flatMap(({ type, start, ttl }) =>
    recordTypes.has(type) ? [{ ...fromCodec(Packet.Resource.decode(reader(bytes, start))), ttl: timeToLive(ttl) }] : [],
  );

const recordTypes = new Set<number>([1, 2, 5, 6, 12, 15, 16, 28, 33]);

/** RFC 2181 section 8: with the highest bit set it counts as 0; dns2 makes it the largest there is. */
const timeToLive = (seconds: number): number => (seconds >= 2 ** 31 ? 0 : seconds);

/** The layout has been checked, so every field that belongs to the type is there. */
function fromCodec(raw: DNS.Packet.Resource): ResourceRecord {
  const { name, ttl } = raw;
  const fields = raw as Required<DNS.Packet.Resource>;
  switch (raw.type) {
    case types.A:
      return { name, ttl, type: 'A', address: fields.address };
    case types.AAAA:
      return { name, ttl, type: 'AAAA', address: canonicalV6(fields.address) };
    case types.NS:
      return { name, ttl, type: 'NS', target: fields.ns };
    case types.MX:
      return { name, ttl, type: 'MX', preference: fields.priority, exchange: fields.exchange };
    case types.SRV: {
      const { priority, weight, port, target } = fields;
      return { name, ttl, type: 'SRV', priority, weight, port, target };
    }
    case types.TXT:
      return { name, ttl, type: 'TXT', strings: [fields.data].flat() };
    case types.SOA: {
      const { primary, admin, serial, refresh, retry, expiration, minimum } = fields;
      return {
        name,
        ttl,
        type: 'SOA',
        mname: primary,
        rname: admin,
        serial,
        refresh,
        retry,
        expire: expiration,
        minimum,
      };
    }
    default:
      return { name, ttl, type: raw.type === types.PTR ? 'PTR' : 'CNAME', target: fields.domain };
  }
}

export const toCodec = (record: ResourceRecord): DNS.Packet.Resource =>
  ({ name: record.name, ttl: record.ttl, type: types[record.type], class: internet, ...dataFor(record) }) as never;

function dataFor(record: RecordData): object {
  switch (record.type) {
    case 'A':
      return { address: record.address };
    case 'AAAA':
      return { address: groupsOfV6(record.address).join(':') };
    case 'NS':
      return { ns: record.target };
    case 'CNAME':
    case 'PTR':
      return { domain: record.target };
    case 'MX':
      return { priority: record.preference, exchange: record.exchange };
    case 'SRV':
      return { priority: record.priority, weight: record.weight, port: record.port, target: record.target };
    case 'TXT':
      return { data: characterStrings(record.strings) };
  }
  const { mname, rname, serial, refresh, retry, expire, minimum } = record;
  return { primary: mname, admin: rname, serial, refresh, retry, expiration: expire, minimum };
}

/** A character-string holds at most 255 octets; longer ones become several. TXT data have at least one. */
function characterStrings(strings: readonly string[]): Buffer[] {
  return (strings.length > 0 ? strings : ['']).flatMap((text) => {
    const chunks: Buffer[] = [];
    let chunk = '';
    // By characters, so that no UTF-8 sequence is cut in two.
    for (const character of text) {
      if (Buffer.byteLength(chunk + character) > 255) {
        chunks.push(Buffer.from(chunk));
        chunk = '';
      }
      chunk += character;
    }
    return [...chunks, Buffer.from(chunk)];
  });
}
