/** The client's side of DNS: a stub resolver that asks a server of the lab with real packets. */
import { fail, ok } from '../failure.ts';
import type { Outcome } from '../failure.ts';
import { isAddress } from '../net/address.ts';
import type { Pen } from '../trace/trace.ts';
import { createCache } from './cache.ts';
import { ask } from './lookup.ts';
import type { LookupTools } from './lookup.ts';
import { readAnswer } from './reading.ts';
import type { AddressType, Reading } from './reading.ts';
import { expandNames } from './search.ts';
import type { SearchDomains } from './search.ts';
import { stubResolvers } from './stubs.ts';
import type { StubName } from './stubs.ts';

export interface ResolverTools extends Omit<LookupTools, 'stub'>, SearchDomains {
  pen: Pen;
  /** Whose habits: see `stubs.ts`. */
  profile: StubName;
  /** False: remembers nothing. */
  cache?: boolean;
}

export interface ResolveOptions {
  /** Asked side by side; A alone unless given. */
  qtypes?: readonly AddressType[];
  /** False: the name as it is. */
  search?: boolean;
  /** Gives up after so many milliseconds, whatever the stub's own schedule says. */
  limit?: number;
}

export interface Resolved {
  /** The name of the search list that had addresses. */
  name: string;
  /** In the order of `qtypes`, then of the answer. */
  addresses: string[];
  /** Every name that was really asked; empty when the cache knew. */
  asked: string[];
}

export interface Resolver {
  resolve(name: string, options?: ResolveOptions): Promise<Outcome<Resolved>>;
  /** Forgets everything, as `ipconfig /flushdns` does. */
  flush(): void;
}

export function createResolver(tools: ResolverTools): Resolver {
  const { clock, host, pen, profile, suffix, search, devolution } = tools;
  const stub = stubResolvers[profile];
  const cache = createCache(tools.cache === false ? null : stub.cache, () => clock.now());

  /** Both families of one name, from memory or from the server. */
  const readings = async (name: string, qtypes: readonly AddressType[], deadline: number, asked: string[]) => {
    const known = qtypes.map((qtype) => cache.get(name, qtype));
    const wanted = qtypes.filter((_, index) => !known[index]);
    if (wanted.length > 0) asked.push(name);
    const messages = wanted.length > 0 ? await ask(name, wanted, { ...tools, stub }, deadline) : [];
    const fresh = new Map(
      wanted.map((qtype, index) => [qtype, readAnswer(messages[index] ?? null, name, qtype)] as const),
    );
    for (const [qtype, reading] of fresh) cache.keep(name, qtype, reading);
    return qtypes.flatMap((qtype, index) => known[index] ?? fresh.get(qtype) ?? []);
  };

  const searchFor = async (names: readonly string[], options: ResolveOptions, asked: string[]) => {
    const deadline = clock.now() + (options.limit ?? Infinity);
    const failures: Outcome<never>[] = [];
    for (const name of names) {
      const outcome = merged(await readings(name, options.qtypes ?? ['A'], deadline, asked));
      if (outcome.ok) return ok({ name, addresses: outcome.value, asked });
      failures.push(outcome);
      if (!stub.goesOnAfter.includes(outcome.failure.code) || clock.now() >= deadline) break;
    }
    return mostTelling(failures);
  };

  return {
    flush: () => cache.flush(),
    async resolve(name, options = {}) {
      if (isAddress(name)) return ok({ name, addresses: [name], asked: [] });
      const names =
        options.search === false
          ? [name.replace(/\.$/, '')]
          : expandNames(name, { suffix, search, devolution }, stub.search);
      const asked: string[] = [];
      const outcome = await searchFor(names, options, asked);
      pen.as(host.owner).write('dns.resolved', {
        client: host.name,
        name,
        asked,
        addresses: outcome.ok ? outcome.value.addresses : [],
        failure: outcome.ok ? null : outcome.failure.code,
      });
      return outcome;
    },
  };
}

/** Addresses of any family win; else the failure that says most. */
function merged(readings: readonly Reading[]): Outcome<string[]> {
  const addresses = readings.flatMap(({ outcome }) => (outcome.ok ? outcome.value : []));
  if (addresses.length > 0) return ok(addresses);
  return mostTelling(readings.map(({ outcome }) => outcome));
}

/** As res_search does: no data before server failure before what came last. */
function mostTelling(outcomes: readonly Outcome<unknown>[]): Outcome<never> {
  const failures = outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.failure]));
  const failure =
    failures.find(({ code }) => code === 'dns.nodata') ??
    failures.find(({ code }) => code === 'dns.servfail') ??
    failures.at(-1);
  return failure ? { ok: false, failure } : fail('dns.nxdomain', 'there was no name to ask for');
}
