/** Names and addresses, as the clients of a capture learned them. */
import { groupIn } from '../../trace/view.ts';
import type { Write } from '../draft.ts';
import type { Lookup } from '../lookups.ts';
import { beside, isBefore } from '../slot.ts';
import type { Slot } from '../slot.ts';

/** Questions for one name by one machine, A and AAAA and repetitions together. */
export interface Asked {
  client: string;
  server: string;
  name: string;
  lookups: Lookup[];
  first: Slot;
  /** The answer that counted, or the last question. */
  done: Slot;
  addresses: string[];
  /** One of `src/failure.ts`; null when there is an address; undefined when the capture ends too soon to tell. */
  failure: 'dns.nxdomain' | 'dns.nodata' | 'dns.servfail' | 'dns.timeout' | null | undefined;
}

/** Farther apart, two questions for a name are two occasions. */
const togetherMs = 5000;
/** Of the same question with the same answer. */
const mostAlike = 200;
/** A resolver is silent when it has not answered for so long. */
const silenceMs = 900;

export class Names {
  /** In the order of their times. */
  readonly asked: readonly Asked[];
  readonly #byAddress = new Map<string, Asked[]>();
  readonly #byPair = new Map<string, Asked[]>();

  /** `ended` is the last moment of the capture. */
  constructor(lookups: readonly Lookup[], ended: number) {
    this.asked = gathered(lookups, ended).toSorted((left, right) => (isBefore(left.first, right.first) ? -1 : 1));
    for (const one of this.asked) {
      for (const address of one.addresses) {
        groupIn(this.#byAddress, address, () => []).push(one);
        groupIn(this.#byPair, `${one.client} ${address}`, () => []).push(one);
      }
    }
  }

  /** What was asked within some time of a moment, by anybody. */
  around(moment: Slot, ms: number): readonly Asked[] {
    const from = firstFrom(this.asked, moment.at - ms);
    return this.asked.slice(from, firstFrom(this.asked, moment.at + ms));
  }

  /** The name by which a machine reached an address before a moment, the latest first. */
  nameOf(client: string, address: string, before: Slot): string | undefined {
    return (this.lookupFor(client, address, before) ?? lastBefore(this.#byAddress.get(address), before))?.name;
  }

  /** The question that led to a connection to an address. */
  lookupFor(client: string, address: string, before: Slot): Asked | undefined {
    return lastBefore(this.#byPair.get(`${client} ${address}`), before);
  }

  write(write: Write): void {
    const counts = new Map<string, number>();
    for (const asked of this.asked) {
      const kind = `${asked.client} ${asked.name} ${asked.failure}`;
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      if ((counts.get(kind) ?? 0) > mostAlike) continue;
      for (const lookup of asked.lookups) writeLookup(lookup, write);
      const { client, name, addresses, failure, done } = asked;
      if (failure === undefined) continue;
      write(beside(done, 1), `client:${client}`, 'dns.resolved', { client, name, asked: [name], addresses, failure });
    }
  }
}

/** The first one not before a time. */
function firstFrom(asked: readonly Asked[], at: number): number {
  let low = 0;
  let high = asked.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((asked[middle]?.first.at ?? Infinity) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Of questions in order, the last one before a moment. */
function lastBefore(asked: readonly Asked[] = [], before: Slot): Asked | undefined {
  let at = firstFrom(asked, before.at + 1e-9);
  while (at > 0 && !isBefore(asked[at - 1]?.first ?? before, before)) at -= 1;
  return asked[at - 1];
}

function writeLookup({ client, server, name, qtype, id, transport, asked, answer }: Lookup, write: Write): void {
  const question = { server, client, name, qtype, transport, id };
  for (const slot of asked) write(slot, 'dns', 'dns.query', question);
  if (!answer) return;
  const { rcode, answers, truncated } = answer;
  write(answer.slot, 'dns', 'dns.answer', {
    ...question,
    rcode,
    answers,
    ...(truncated ? { truncated: true as const } : {}),
  });
}

function gathered(lookups: readonly Lookup[], ended: number): Asked[] {
  const groups: Lookup[][] = [];
  const latest = new Map<string, Lookup[]>();
  for (const lookup of lookups) {
    if (lookup.qtype !== 'A' && lookup.qtype !== 'AAAA') {
      groups.push([lookup]);
      continue;
    }
    const key = `${lookup.client} ${lookup.name.toLowerCase()}`;
    const known = latest.get(key);
    const last = known?.at(-1);
    const lastAt = last?.answer?.slot.at ?? last?.asked.at(-1)?.at ?? 0;
    // The same question after an answer is another occasion.
    const again = known?.some(({ qtype, answer }) => qtype === lookup.qtype && answer !== null) === true;
    const begun = lookup.asked[0]?.at ?? 0;
    if (known && !again && begun - lastAt < togetherMs) known.push(lookup);
    else {
      const group = [lookup];
      groups.push(group);
      latest.set(key, group);
    }
  }
  return groups.map((group) => askedOf(group, ended));
}

function askedOf(lookups: Lookup[], ended: number): Asked {
  const [lookup] = lookups as [Lookup, ...Lookup[]];
  const [first] = lookup.asked as [Slot, ...Slot[]];
  const answers = lookups.flatMap(({ answer }) => answer ?? []);
  const good = answers.filter((answer) => answer.answers.some(isAddress));
  const addresses = [...new Set(good.flatMap((answer) => answer.answers.filter(isAddress)))];
  const last =
    lookups
      .flatMap(({ asked }) => asked)
      .toSorted((left, right) => left.at - right.at || left.order - right.order)
      .at(-1) ?? first;
  const done = good[0]?.slot ?? answers.at(-1)?.slot ?? last;
  const { client, server, name, qtype } = lookup;
  const wanted = qtype === 'A' || qtype === 'AAAA';
  return { client, server, name, lookups, first, done, addresses, failure: wanted ? failureOf() : undefined };

  function failureOf(): Asked['failure'] {
    if (addresses.length > 0) return null;
    if (answers.length === 0) return ended - last.at >= silenceMs ? 'dns.timeout' : undefined;
    // TC asks for another round over TCP.
    if (answers.every(({ truncated }) => truncated)) return undefined;
    const rcode = answers.at(-1)?.rcode;
    if (rcode === 'NXDOMAIN') return 'dns.nxdomain';
    return rcode === 'NOERROR' ? 'dns.nodata' : 'dns.servfail';
  }
}

const isAddress = (text: string): boolean => /^\d+\.\d+\.\d+\.\d+$/.test(text) || text.includes(':');
