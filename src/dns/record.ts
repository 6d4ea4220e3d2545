/** Resource records as values, and the numbers that stand for their types on the wire. */

/** Numbers of the types that a question may name; `TYPE123` (RFC 3597) stands for any other. */
export const types = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  SVCB: 64,
  HTTPS: 65,
  ANY: 255,
} as const;

export type QType = keyof typeof types | `TYPE${number}`;

export interface Question {
  /** As it was asked: the case is kept, no trailing dot. */
  name: string;
  qtype: QType;
}

export type RecordData =
  | { type: 'A' | 'AAAA'; address: string }
  | { type: 'CNAME' | 'PTR' | 'NS'; target: string }
  | { type: 'MX'; preference: number; exchange: string }
  | { type: 'SRV'; priority: number; weight: number; port: number; target: string }
  | { type: 'TXT'; strings: string[] }
  | ({ type: 'SOA' } & SoaData);

export interface SoaData {
  mname: string;
  rname: string;
  serial: number;
  /** Seconds, as all of them. `minimum` is how long a negative answer may be kept (RFC 2308). */
  refresh: number;
  retry: number;
  expire: number;
  minimum: number;
}

/** A resource record; `ttl` in seconds, 0 to 2^31-1. */
export type ResourceRecord = RecordData & { name: string; ttl: number };

/** A record as a person would write its data: `10.20.0.5`, `10 mail.corp.example`. */
export function sayRecord(record: RecordData): string {
  switch (record.type) {
    case 'A':
    case 'AAAA':
      return record.address;
    case 'CNAME':
    case 'PTR':
    case 'NS':
      return record.target;
    case 'MX':
      return `${record.preference} ${record.exchange}`;
    case 'SRV':
      return `${record.priority} ${record.weight} ${record.port} ${record.target}`;
    case 'TXT':
      return record.strings.map((text) => JSON.stringify(text)).join(' ');
  }
  return `${record.mname} ${record.rname} ${record.serial}`;
}

/** `A`, `AAAA` … or `TYPE123`. */
export const qtypeName = (number: number): QType =>
  (Object.entries(types).find(([, value]) => value === number)?.[0] as QType | undefined) ?? `TYPE${number}`;

export const qtypeNumber = (qtype: QType): number =>
  qtype in types ? types[qtype as keyof typeof types] : Number(qtype.slice('TYPE'.length));
