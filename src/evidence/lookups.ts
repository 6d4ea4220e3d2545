/** Questions to name servers, joined with their answers. */
import { dnsMessageIn } from './dns-message.ts';
import type { DnsMessage } from './dns-message.ts';
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

/** Lookups that are kept: of the same question with the same answer, and in all. */
const mostAlike = 400;
const most = 40_000;
/** The same packet on two interfaces of one machine; nobody asks again as soon as that. */
const sameMs = 20;

export class Lookups {
  readonly #all = new Set<Lookup>();
  readonly #kinds = new Map<string, number>();
  readonly #open = new Map<string, Lookup>();

  /** In the order in which they were asked. */
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
    this.#all.add(lookup);
    this.#open.set(key, lookup);
    if (this.#open.size > most) this.#open.clear();
  }

  #answer(key: string, { rcode, answers, truncated }: DnsMessage, slot: Slot): void {
    const lookup = this.#open.get(key);
    if (!lookup || lookup.answer) return;
    lookup.answer = { slot, rcode, answers, truncated };
    const kind = `${lookup.client} ${lookup.name} ${lookup.qtype} ${rcode} ${answers.join(' ')}`;
    const count = (this.#kinds.get(kind) ?? 0) + 1;
    this.#kinds.set(kind, count);
    if (count > mostAlike || this.#all.size > most) this.#all.delete(lookup);
  }
}

const ipOf = (place: string): string => place.slice(0, place.lastIndexOf(':')).replace(/^\[|\]$/g, '');
