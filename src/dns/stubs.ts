/** Stub resolvers as data: when they ask again, when they give up, what they remember, which names they make. */
import type { FailureCode } from '../failure.ts';
import { synSchedules } from '../net/net.ts';
import type { SynSchedule } from '../net/net.ts';
import type { Rcode } from './message.ts';
import type { SearchRules } from './search.ts';

export interface StubResolver {
  summary: string;
  /** Milliseconds to wait after each time the question is sent; then the stub gives up. */
  attempts: readonly number[];
  /** Answers after which the stub asks again at once, as long as it has attempts left. */
  retryOn: readonly Rcode[];
  /** Failures after which the next name of the search list is asked; the others end the search. */
  goesOnAfter: readonly FailureCode[];
  /** Milliseconds to wait for an answer over TCP. */
  tcpTimeout: number;
  syn: SynSchedule;
  search: SearchRules;
  /** Bounds of what is remembered, in seconds; null when the stub remembers nothing. */
  cache: { minTtl: number; maxTtl: number; maxNegativeTtl: number } | null;
}

const windows: StubResolver = {
  summary: 'The DNS client of Windows with one server.',
  // KB2834226: asks at 0, 1, 2, 4 and 8 s, and stops at 10 s. A name error is final.
  attempts: [1000, 1000, 2000, 4000, 2000],
  retryOn: [],
  // The Windows 2000 DNS white paper: a timeout is returned, a negative answer leads to the next suffix.
  goesOnAfter: ['dns.nxdomain', 'dns.nodata'],
  tcpTimeout: 10_000,
  syn: synSchedules.windows,
  search: { singleLabel: 'suffixes', multiLabel: 'as-is' },
  // MaxCacheTtl and MaxNegativeCacheTtl when the registry is silent.
  cache: { minTtl: 0, maxTtl: 86_400, maxNegativeTtl: 900 },
};

const glibc: StubResolver = {
  summary: 'getaddrinfo of glibc without a caching daemon.',
  // resolv.conf(5): timeout 5 s, attempts 2.
  attempts: [5000, 5000],
  // res_send moves on to the next server, and to the next round, after these; measured: each name is asked twice.
  retryOn: ['SERVFAIL', 'NOTIMP', 'REFUSED'],
  // Measured: a silent server costs 20 s for `wpad`: two tries for the search list, two for the bare name.
  goesOnAfter: ['dns.nxdomain', 'dns.nodata', 'dns.servfail', 'dns.timeout'],
  tcpTimeout: 5000,
  syn: synSchedules.linux,
  search: { singleLabel: 'suffixes-then-bare', multiLabel: 'as-is-then-suffixes' },
  cache: null,
};

const chromium: StubResolver = {
  summary: "Chromium's own resolver, where it is on.",
  // net/dns: fallback period 1 s, doubled with each of 2 attempts; the last one waits on until 12 s have passed.
  attempts: [1000, 11_000],
  retryOn: ['SERVFAIL', 'NOTIMP', 'REFUSED'],
  goesOnAfter: ['dns.nxdomain', 'dns.nodata'],
  tcpTimeout: 12_000,
  syn: synSchedules.linux,
  search: { singleLabel: 'suffixes-then-bare', multiLabel: 'as-is-then-suffixes' },
  // HostCache: a minute at least; failures are not kept.
  cache: { minTtl: 60, maxTtl: 86_400, maxNegativeTtl: 0 },
};

export const stubResolvers = { windows, glibc, chromium } as const;
export type StubName = keyof typeof stubResolvers;
