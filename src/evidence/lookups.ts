/** Questions to name servers, joined with their answers. */
import { dnsMessageIn } from './dns-message.ts';
import type { DnsMessage } from './dns-message.ts';
import type { Notes } from './notes.ts';
import type { Slot } from './slot.ts';

export interface Lookup {
  /** Addresses without ports. */
  client: string;
  server: string;
  name: string;
  qtype: string;
  id: number;
  transport: 'udp' | 'tcp';
  /** Every time it was asked. */
  asked: Slot[];
  answer: { slot: Slot; rcode: string; answers: string[]; truncated: boolean } | null;
}

export interface Heard {
  from: string;
  to: string;
  transport: 'udp' | 'tcp';
  message: Buffer;
  slot: Slot;
}

/** Lookups that are kept: of the same question with the same answer, in all, and without an address. */
const mostAlike = 400;
const most = 20_000;
const mostVain = 2000;
const mostOpen = 40_000;
/** The same packet on two interfaces of one machine; nobody asks again as soon as that. */
const sameMs = 20;

export class Lookups {
  readonly #all = new Set<Lookup>();
  readonly #kinds = new Map<string, number>();
  readonly #open = new Map<string, Lookup>();
  readonly #notes: Notes;
  #silent = 0;
  #vain = 0;

  constructor(notes: Notes) {
    this.#notes = notes;
  }

  /** Those that are kept, in no order. */
  get all(): Lookup[] {
    return [...this.#all];
  }

  /** False when it is no DNS message. */
  heard({ from, to, transport, message, slot }: Heard): boolean {
    const read = dnsMessageIn(message);
    if (!read) return false;
    if (read.isAnswer) this.#answer(`${to} ${from} ${read.id} ${read.name.toLowerCase()} ${read.qtype}`, read, slot);
    else
      this.#ask(`${from} ${to} ${read.id} ${read.name.toLowerCase()} ${read.qtype}`, read, {
        from,
        to,
        transport,
        slot,
      });
    return true;
  }

  #ask(key: string, { name, qtype, id }: DnsMessage, heard: Omit<Heard, 'message'>): void {
    const { from, to, transport, slot } = heard;
    const known = this.#open.get(key);
    if (known && !known.answer) {
      if (slot.at - (known.asked.at(-1)?.at ?? 0) > sameMs) known.asked.push(slot);
      return;
    }
    if (known && slot.at - (known.asked[0]?.at ?? 0) <= sameMs) return;
    const lookup: Lookup = {
      client: ipOf(from),
      server: ipOf(to),
      name,
      qtype,
      id,
      transport,
      asked: [slot],
      answer: null,
    };
    this.#silent += 1;
    if (this.#silent <= mostVain) this.#all.add(lookup);
    this.#open.set(key, lookup);
    if (this.#open.size > mostOpen) this.#open.clear();
  }

  #answer(key: string, { rcode, answers, truncated }: DnsMessage, slot: Slot): void {
    const lookup = this.#open.get(key);
    if (!lookup || lookup.answer) return;
    lookup.answer = { slot, rcode, answers, truncated };
    this.#silent -= 1;
    this.#all.add(lookup);
    if (answers.length === 0) this.#vain += 1;
    const kind = `${lookup.client} ${lookup.name} ${lookup.qtype} ${rcode} ${answers.join(' ')}`;
    const count = (this.#kinds.get(kind) ?? 0) + 1;
    this.#kinds.set(kind, count);
    const isRoom = this.#all.size <= most && (answers.length > 0 || this.#vain <= mostVain);
    if (count <= mostAlike && isRoom) return;
    this.#all.delete(lookup);
    this.#notes.add('a question for a name like many before it, or one too many, which is left out', slot.frame);
  }
}

const ipOf = (place: string): string => place.slice(0, place.lastIndexOf(':')).replace(/^\[|\]$/g, '');
