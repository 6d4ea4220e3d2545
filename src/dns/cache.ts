/** What a stub resolver remembers, until its TTL is over on the lab's clock. */
import { canonicalName } from './name.ts';
import type { AddressType, Reading } from './reading.ts';
import type { StubResolver } from './stubs.ts';

export interface ResolverCache {
  get(name: string, qtype: AddressType): Reading | undefined;
  keep(name: string, qtype: AddressType, reading: Reading): void;
  flush(): void;
}

/** `now` in milliseconds. Timeouts and server failures are never kept. */
export function createCache(bounds: StubResolver['cache'], now: () => number): ResolverCache {
  const kept = new Map<string, { reading: Reading; until: number }>();
  const keyOf = (name: string, qtype: AddressType): string => `${qtype} ${canonicalName(name)}`;
  return {
    get(name, qtype) {
      const entry = kept.get(keyOf(name, qtype));
      return entry && now() < entry.until ? entry.reading : undefined;
    },
    keep(name, qtype, reading) {
      const seconds = bounds ? lifetime(reading, bounds) : 0;
      if (seconds > 0) kept.set(keyOf(name, qtype), { reading, until: now() + seconds * 1000 });
    },
    flush: () => kept.clear(),
  };
}

function lifetime({ outcome, ttl }: Reading, bounds: NonNullable<StubResolver['cache']>): number {
  if (outcome.ok) return Math.min(Math.max(ttl, bounds.minTtl), bounds.maxTtl);
  const negative = outcome.failure.code === 'dns.nxdomain' || outcome.failure.code === 'dns.nodata';
  return negative ? Math.min(ttl, bounds.maxNegativeTtl) : 0;
}
