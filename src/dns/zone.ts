/** What the pretend world's DNS knows: pure data in, answers out. */
import { canonicalV6 } from '../net/address.ts';
import { addressOfReverse, canonicalName, isWithin, parentName } from './name.ts';
import type { QType, RecordData, ResourceRecord } from './record.ts';
import { dataOf, soaDefaults } from './records.ts';
import type { RecordSet } from './records.ts';

/** The sections of an answer. */
export interface Answer {
  rcode: 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL';
  answers: ResourceRecord[];
  authority: ResourceRecord[];
}

export interface Zone {
  /** NXDOMAIN and NODATA carry the SOA whose `minimum` says how long they may be kept (RFC 2308). */
  lookup(name: string, qtype: QType): Answer;
  /** What {@link lookup} would say if the name had these records. */
  forged(name: string, qtype: QType, records: RecordSet): Answer;
  nxdomain(name: string): Answer;
  nodata(name: string): Answer;
  /** Every name that leads to the address, aliases included, in the order of the scenario. */
  names(address: string): string[];
  /** IPv4 first, aliases followed. */
  addressesOf(name: string): string[];
}

interface Owned {
  name: string;
  ttl: number;
  data: RecordData[];
}

const maxChain = 16;

/** `suffix` is the zone that answers for names below it; all else is answered as the root would. */
export function createZone(records: Readonly<Record<string, RecordSet>>, suffix = ''): Zone {
  const owners = new Map<string, Owned>();
  const existing = new Set<string>(['']);
  for (const [name, set] of Object.entries(records)) {
    owners.set(canonicalName(name), { name: canonicalName(name), ttl: set.ttl, data: dataOf(set) });
    for (let at = canonicalName(name); at !== ''; at = parentName(at)) existing.add(at);
  }
  const apexes = [...owners.values()].filter(({ data }) => data.some(({ type }) => type === 'SOA'));

  const authority = (name: string): ResourceRecord[] => [soaFor(name, apexes, canonicalName(suffix))];
  const nxdomain = (name: string): Answer => ({ rcode: 'NXDOMAIN', answers: [], authority: authority(name) });
  const nodata = (name: string): Answer => ({ rcode: 'NOERROR', answers: [], authority: authority(name) });

  /** The name itself, or the wildcard of its closest ancestor that exists (RFC 4592). */
  const find = (name: string): Owned | undefined => {
    const key = canonicalName(name);
    if (existing.has(key)) return owners.get(key);
    let encloser = parentName(key);
    while (!existing.has(encloser)) encloser = parentName(encloser);
    return owners.get(encloser === '' ? '*' : `*.${encloser}`) ?? reverse(key);
  };

  /** Addresses have a reverse name without being asked. */
  const reverse = (key: string): Owned | undefined => {
    const address = addressOfReverse(key);
    const targets = address === undefined ? [] : ownersOf(address);
    if (targets.length === 0) return undefined;
    return { name: key, ttl: targets[0]?.ttl ?? 0, data: targets.map(({ name }) => ({ type: 'PTR', target: name })) };
  };

  const ownersOf = (address: string): Owned[] =>
    [...owners.values()].filter(
      ({ name, data }) => !name.startsWith('*') && data.some((record) => holds(record, address)),
    );

  const answerOf = (name: string, qtype: QType, owned: Owned | undefined, chain: ResourceRecord[]): Answer => {
    if (!owned) {
      const missing = existing.has(canonicalName(name)) ? nodata(name) : nxdomain(name);
      return { ...missing, answers: chain };
    }
    const found = owned.data.filter(({ type }) => type === qtype || qtype === 'ANY');
    const records = found.map((data): ResourceRecord => ({ ...data, name, ttl: owned.ttl }));
    if (records.length > 0) return { rcode: 'NOERROR', answers: [...chain, ...records], authority: [] };
    const alias = owned.data.find((data) => data.type === 'CNAME');
    if (alias?.type !== 'CNAME') return { ...nodata(name), answers: chain };
    if (chain.length >= maxChain) return { rcode: 'SERVFAIL', answers: [], authority: [] };
    return answerOf(alias.target, qtype, find(alias.target), [...chain, { ...alias, name, ttl: owned.ttl }]);
  };

  const lookup = (name: string, qtype: QType): Answer => answerOf(name, qtype, find(name), []);
  const addressesOf = (name: string): string[] =>
    (['A', 'AAAA'] as const).flatMap((type) =>
      lookup(name, type).answers.flatMap((record) => ('address' in record ? [record.address] : [])),
    );

  return {
    lookup,
    forged: (name, qtype, set) => answerOf(name, qtype, { name, ttl: set.ttl, data: dataOf(set) }, []),
    nxdomain,
    nodata,
    names: (address) => [...owners.keys()].filter((name) => addressesOf(name).some((own) => sameAddress(own, address))),
    addressesOf,
  };
}

function soaFor(name: string, apexes: readonly Owned[], suffix: string): ResourceRecord {
  const key = canonicalName(name);
  const [closest] = apexes.filter((apex) => isWithin(key, apex.name)).sort((a, b) => b.name.length - a.name.length);
  const own = closest?.data.find((record) => record.type === 'SOA');
  if (closest && own) return negative({ ...own, name: closest.name, ttl: closest.ttl });
  const apex = isWithin(key, suffix) ? suffix : '';
  const [mname, rname] = apex === '' ? rootAuthority : [`dns.${apex}`, `hostmaster.${apex}`];
  return { type: 'SOA', name: apex, ttl: soaDefaults.minimum, mname, rname, ...soaDefaults };
}

/** Who answers for what no zone of the lab holds: the root, as in the real world. */
const rootAuthority = ['a.root-servers.net', 'nstld.verisign-grs.com'] as const;

/** A negative answer lives as long as the smaller of the SOA's own TTL and its `minimum` (RFC 2308 section 5). */
const negative = (record: ResourceRecord): ResourceRecord =>
  record.type === 'SOA' ? { ...record, ttl: Math.min(record.ttl, record.minimum) } : record;

const sameAddress = (a: string, b: string): boolean =>
  a === b || (a.includes(':') && b.includes(':') && canonicalV6(a) === canonicalV6(b));

const holds = (record: RecordData, address: string): boolean =>
  'address' in record && sameAddress(record.address, address);
