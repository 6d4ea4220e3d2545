/** A running lab: everything that a scenario's `lab:` names, started in order, stopped in reverse. */
import { Activity } from '../activity.ts';
import { seededChance } from '../chance.ts';
import type { Chance } from '../chance.ts';
import { realClock, virtualClock } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { startDns, createResolver } from '../dns/index.ts';
import type { DnsServer, Resolver, StubName } from '../dns/index.ts';
import { fail, ok } from '../failure.ts';
import type { Outcome } from '../failure.ts';
import { startHosts } from '../http/index.ts';
import type { HostServer } from '../http/index.ts';
import { formatEndpoint } from '../net/address.ts';
import { createPki } from '../net/certificates.ts';
import type { Authority, Pki } from '../net/certificates.ts';
import { createFirewall } from '../net/firewall.ts';
import type { Firewall } from '../net/firewall.ts';
import { LoopbackNet } from '../net/loopback.ts';
import type { Entrances, Host, Net } from '../net/net.ts';
import { startProxy } from '../proxy/index.ts';
import type { Proxy, ProxyTools } from '../proxy/index.ts';
import { listenAddress, zoneAddress } from '../scenario/addresses.ts';
import { parseChange } from '../scenario/changes.ts';
import { callersAt } from '../scenario/machines.ts';
import type { Caller } from '../scenario/machines.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { Scope } from '../scope.ts';
import { Trace } from '../trace/trace.ts';
import { changeLab } from './change.ts';

export interface LabOptions {
  clock: 'virtual' | 'real';
  /** Keeps every byte in the trace, for captures. */
  bytes: boolean;
  /** Somebody in the story takes a capture: bytes are kept for that, beside the trace unless `bytes`. */
  sniffed?: boolean;
  seed?: number;
  /** Authorities by name; those of this process unless given. */
  authorities?: ((name: string) => Promise<Authority>) | undefined;
}

export interface Lab extends AsyncDisposable {
  readonly clock: Clock;
  readonly activity: Activity;
  readonly chance: Chance;
  readonly trace: Trace;
  /** The trace with every byte, where somebody takes a capture. */
  readonly wire: Trace | null;
  readonly net: Net & Entrances;
  readonly pki: Pki;
  readonly firewall: Firewall;
  readonly dns: DnsServer;
  readonly hosts: HostServer;
  readonly proxies: ReadonlyMap<string, Proxy>;
  /** Where requests of programs outside the lab may really go, from now on. */
  showOutside(destination: Destinations): void;
  /** Changes one thing by its path in the file; path and value were checked when the file was loaded. */
  change(path: string, value: unknown): void;
}

/** Starts network, names, hosts and proxies. Throws LabError; whatever had started is stopped then. */
export async function startLab(scenario: Scenario, options: LabOptions): Promise<Lab> {
  await using scope = new Scope();
  const { lab: spec } = scenario.model;
  const activity = new Activity();
  const start = Date.parse(spec.clock.start);
  const clock = scope.use(options.clock === 'virtual' ? virtualClock(start, activity) : realClock());
  const chance = seededChance(options.seed ?? 1);
  const trace = new Trace(clock.now);
  const wire = wireOf(trace, options);
  let namesOf = (_ip: string): readonly string[] => [];
  const firewall = createFirewall(spec.firewall, (ip) => namesOf(ip));
  const net = scope.use(
    new LoopbackNet({ clock, activity, chance, firewall, tap: { bytes: wire !== null, pen: trace.pen('net') } }),
  );
  const nameOfClient = (ip: string): string | undefined => knownAt(scenario, ip)?.name;
  const pki = createPki({ date: clock.date, activity, authorities: options.authorities });
  const dns = scope.use(
    await startDns(spec.dns, {
      net,
      clock,
      pen: trace.pen('dns'),
      host: { name: 'dns', owner: 'dns', ip: spec.dns.address },
      nameOfClient,
    }),
  );
  namesOf = (ip) => dns.names(ip);
  const hosts = scope.use(
    await startHosts(spec.hosts, {
      net,
      clock,
      activity,
      pki,
      trace,
      files: scenario.files,
      addressOf: (name) => zoneAddress(spec, name),
      nameOfClient,
    }),
  );
  let destination: Destinations = (to) => ({ story: to });
  const tools: Tools = { net, clock, activity, chance, pki, trace, destination: (to) => destination(to) };
  const proxies = await startProxies(scenario, tools, scope);
  trace.pen('lab').write('lab.started', {
    scenario: scenario.model.id,
    clock: clock.kind,
    date: new Date(clock.date()).toISOString(),
  });
  const parts = { clock, activity, chance, trace, wire, net, pki, firewall, dns, hosts, proxies };
  const owned = scope.move();
  return {
    ...parts,
    showOutside(way) {
      destination = way;
    },
    change(path, value) {
      changeLab(parseChange(path, value), parts);
      trace.pen('lab').write('lab.changed', { path, value });
    },
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}

/** Where bytes and keys are kept; null when nobody wants them. */
function wireOf(trace: Trace, { bytes, sniffed = false }: LabOptions): Trace | null {
  if (bytes) return trace;
  return sniffed ? trace.putAside(['tcp.data', 'udp.data', 'tls.keys']) : null;
}

type ProxySpec = Scenario['model']['lab']['proxies'][string];
type Destinations = NonNullable<ProxyTools['destination']>;
type Tools = Pick<Lab, 'net' | 'clock' | 'activity' | 'chance' | 'pki' | 'trace'> & { destination: Destinations };

async function startProxies(scenario: Scenario, tools: Tools, scope: Scope): Promise<Map<string, Proxy>> {
  const proxies = new Map<string, Proxy>();
  for (const [name, proxy] of Object.entries(scenario.model.lab.proxies))
    proxies.set(name, scope.use(await startOne(name, proxy, scenario, tools)));
  return proxies;
}

function startOne(name: string, spec: ProxySpec, scenario: Scenario, tools: Tools): Promise<Proxy> {
  const { model } = scenario;
  const at = listenAddress(model.lab, spec.listen);
  if (!at) throw new Error(`the loader let a proxy without address pass: ${name}`);
  const host: Host = { name, owner: `proxy:${name}`, ip: at.ip };
  const pen = tools.trace.pen(host.owner);
  const resolver = labResolver(host, model.lab.dns.address, 'glibc', { ...tools, suffix: null, search: [] });
  return startProxy(name, spec, {
    ...tools,
    pen,
    host,
    port: at.port,
    resolve: (wanted) => addressesOf(wanted, resolver),
    clientAt: (ip, part) => knownAt(scenario, ip, part),
  });
}

/** Of version 6 only where there is none of version 4: two questions for each name would tell no more. */
async function addressesOf(name: string, resolver: Resolver): Promise<Outcome<string[]>> {
  const four = await resolver.resolve(name, { qtypes: ['A'] });
  if (four.ok) return ok([...four.value.addresses]);
  const six = four.failure.code === 'dns.nodata' ? await resolver.resolve(name, { qtypes: ['AAAA'] }) : four;
  return six.ok ? ok([...six.value.addresses]) : fail(four.failure.code, four.failure.detail);
}

/** Who sits at an address, as an administrator's list would have it; of several on one machine, the one that dialled. */
function knownAt({ model }: Scenario, ip: string, part?: string): Caller | undefined {
  const there = callersAt(model, ip);
  return there.find(({ name }) => part === `client:${name}`) ?? there[0];
}

/** The stub resolver of a machine of the lab. */
export function labResolver(
  host: Host,
  server: string,
  profile: StubName,
  tools: Pick<Lab, 'net' | 'clock' | 'chance' | 'trace'> & { suffix: string | null; search: readonly string[] },
): Resolver {
  return createResolver({
    ...tools,
    host,
    server: formatEndpoint({ ip: server, port: 53 }),
    profile,
    pen: tools.trace.pen(host.owner),
  });
}
