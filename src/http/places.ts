/** Which address and port of the story serves which hosts: many names may share one, if they speak the same there. */
import { InputError } from '../failure.ts';
import { globPattern } from '../glob.ts';
import { formatEndpoint } from '../net/address.ts';
import type { Endpoint } from '../net/address.ts';
import type { Site } from './site.ts';
import { httpOf } from './spec.ts';
import type { HostSpec, HttpsSpec } from './spec.ts';

type TcpSpec = Exclude<NonNullable<HostSpec['tcp']>, unknown[]>;

export type Speaks = { kind: 'http' } | { kind: 'https'; https: HttpsSpec } | { kind: 'tcp'; tcp: TcpSpec };

export interface Place {
  at: Endpoint;
  speaks: Speaks;
  /** The first is the one for clients that name none, or an unknown one. */
  sites: [Site, ...Site[]];
}

export interface Located {
  site: Site;
  spec: HostSpec;
  /** Undefined when neither the host nor the zone has one. */
  ip: string | undefined;
}

/** Throws InputError for hosts without an address and hosts that want the same port for different things. */
export function placesOf(hosts: readonly Located[]): Place[] {
  const places = new Map<string, Place>();
  for (const { site, spec, ip } of hosts) {
    for (const [port, speaks] of portsOf(spec)) {
      if (ip === undefined) throw withoutAddress(site.name);
      const key = formatEndpoint({ ip, port });
      const place = places.get(key);
      if (!place) places.set(key, { at: { ip, port }, speaks, sites: [site] });
      else if (agreement(place.speaks) === agreement(speaks)) place.sites.push(site);
      else throw conflict(place, site.name, key);
    }
  }
  return [...places.values()];
}

/** The host a client means: by exact name, by wildcard, or the first. */
export function siteNamed({ sites }: Place, ...names: readonly (string | null | undefined)[]): Site {
  for (const wanted of names) {
    if (!wanted) continue;
    const name = wanted.toLowerCase().replace(/\.$/, '');
    const exact = sites.find((site) => site.name.toLowerCase() === name);
    const found = exact ?? sites.find((site) => site.name.includes('*') && globPattern(site.name).test(name));
    if (found) return found;
  }
  return sites[0];
}

function* portsOf(spec: HostSpec): Generator<[number, Speaks]> {
  const http = httpOf(spec);
  if (http) yield [http.port, { kind: 'http' }];
  if (spec.https) yield [spec.https.port, { kind: 'https', https: spec.https }];
  for (const tcp of [spec.tcp ?? []].flat()) for (const port of tcp.ports) yield [port, { kind: 'tcp', tcp }];
}

/** What all hosts of one port must have in common: a server has to know it before it knows whom the client wants. */
function agreement(speaks: Speaks): string {
  if (speaks.kind !== 'https') return JSON.stringify(speaks);
  const { certificate: _own, paths: _theirs, withoutCertificate: _too, ...shared } = speaks.https;
  return JSON.stringify(shared);
}

const withoutAddress = (name: string): InputError =>
  new InputError([
    {
      message: `the host ${name} has no address`,
      hint: 'give it an `address`, or an A record in `dns.records`',
      path: `lab.hosts.${name}`,
    },
  ]);

const conflict = ({ sites }: Place, name: string, at: string): InputError =>
  new InputError([
    {
      message: `${sites[0].name} and ${name} want ${at} for different things`,
      hint: 'hosts that share an address and a port must speak the same protocol with the same TLS settings there',
      path: `lab.hosts.${name}`,
    },
  ]);
