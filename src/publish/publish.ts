/** A running lab on real addresses and ports, for programs that know nothing of it. */
import { LabError } from '../failure.ts';
import type { Lab } from '../lab/lab.ts';
import { familyOf, formatEndpoint } from '../net/address.ts';
import type { Entrance, EntranceOptions, Place } from '../net/net.ts';
import type { LabSpec } from '../scenario/schema.ts';
import { Scope } from '../scope.ts';
import { addressesFor } from './addresses.ts';
import type { Addressing } from './addresses.ts';
import { canShare, chooserFor } from './choose.ts';
import { destinationsFor } from './destinations.ts';
import { doorsOf } from './doors.ts';
import type { Door } from './doors.ts';
import { portPolicy } from './ports.ts';
import type { PortChoice, Ports } from './ports.ts';
import { rewriterFor } from './rewrite.ts';

export interface PublishOptions extends EntranceOptions {
  /** Where to listen when everything is behind one address; may be several, of both versions. */
  bind: readonly string[];
  /** What clients are told instead, when they reach it under another: at most one of each version. */
  announce?: readonly string[];
  addressing: Addressing;
  ports: PortChoice;
  /** Whether proxy scripts name real addresses; `needed` when a proxy has another port than in the story. */
  rewrite: 'always' | 'needed' | 'never';
  /** Real places that proxies may lead to: `host` or `host:port`, with `*`; none unless given. */
  allowUpstream?: readonly string[];
  /** Ports of this machine that no proxy leads to, whatever is allowed; may grow. */
  closedPorts?: readonly number[];
}

export interface PublishedDoor extends Omit<Door, 'at'> {
  /** The story's address, `10.20.0.8:8080`, and where it is reached. */
  story: string;
  real: Place;
}

export interface Publication extends AsyncDisposable {
  readonly doors: readonly PublishedDoor[];
  /** Whether scripts are changed on their way out. */
  readonly rewrites: boolean;
  /** The real address that stands for one of the story; null when there is none. */
  addressOf(ip: string): string | null;
  /** Whether each door still lets programs in; leaves no event. */
  probe(): Promise<{ door: PublishedDoor; open: boolean }[]>;
}

/** Throws LabError when a port is taken. The lab's own DNS tells strangers the real addresses from then on. */
export async function publish(lab: Lab, spec: LabSpec, options: PublishOptions): Promise<Publication> {
  const doors = doorsOf(lab, spec);
  const { bind, announce = [] } = options;
  const told = new Map(bind.map((own) => [announce.find((each) => familyOf(each) === familyOf(own)) ?? own, own]));
  const addresses = addressesFor(options.addressing, [...told.keys()], new Set(doors.map(({ at }) => at.ip)));
  await using scope = new Scope();
  const opened: Known[] = [];
  const policy = portPolicy(options.ports);
  for (const [host, theirs] of byAddress(doors, addresses.all)) {
    const listens = told.get(host) ?? host;
    for (const group of groupsOf(theirs)) {
      const same = await openGroup(lab, listens, group, policy, options, scope);
      opened.push(...same.map((each) => ({ ...each, host })));
    }
  }
  await openShut(lab, spec, doors, addresses.of, policy, options, scope);
  const published = opened.map(({ door: { at, ...rest }, entrance, host }) => ({
    ...rest,
    story: formatEndpoint(at),
    real: { host, port: entrance.real.port },
  }));
  lab.dns.showOutside(addresses.by);
  lab.showOutside(
    destinationsFor({
      storyOf: (host, port) => {
        const found = opened.find((each) => each.host === host && each.entrance.real.port === port);
        return found?.door.at;
      },
      isStory: (ip) => doors.some(({ at }) => at.ip === ip) || lab.dns.names(ip).length > 0,
      knows: (name) => lab.dns.addressesOf(name).length > 0,
      allowed: options.allowUpstream ?? [],
      closedPorts: options.closedPorts ?? [],
      net: lab.net,
    }),
  );
  const moved = opened.some(({ door, entrance }) => door.what === 'proxy' && door.at.port !== entrance.real.port);
  const rewrites = options.rewrite === 'always' || (options.rewrite === 'needed' && moved);
  if (rewrites) lab.hosts.showOutside(rewriterFor(published));
  const owned = scope.move();
  return {
    doors: published,
    rewrites,
    addressOf: addresses.of,
    probe: () =>
      Promise.all(
        opened.map(async ({ entrance }, index) => ({
          door: published[index] as PublishedDoor,
          open: await entrance.probe(),
        })),
      ),
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}

interface Opened {
  door: Door;
  entrance: Entrance;
}

/** The real address under which it is known. */
interface Known extends Opened {
  host: string;
}

type Group = [Door, ...Door[]];

function byAddress(doors: readonly Door[], addressesOf: (ip: string) => readonly string[]): Map<string, Door[]> {
  const groups = new Map<string, Door[]>();
  for (const door of doors) {
    for (const ip of addressesOf(door.at.ip)) groups.set(ip, [...(groups.get(ip) ?? []), door]);
  }
  return groups;
}

/** Doors that stand behind one real port: those of one port of the story whose clients can be told apart. */
function groupsOf(doors: readonly Door[]): Group[] {
  const groups: Group[] = [];
  for (const door of doors) {
    const home = groups.find((group) =>
      group.every((other) => other.at.port === door.at.port && canLiveWith(other, door)),
    );
    if (home) home.push(door);
    else groups.push([door]);
  }
  return groups;
}

/** Both transports of DNS are one group: they must have the same port. */
const canLiveWith = (one: Door, other: Door): boolean =>
  (one.what === 'dns' && other.what === 'dns') || canShare(one, other);

async function openGroup(
  lab: Lab,
  host: string,
  group: Group,
  policy: Ports,
  options: PublishOptions,
  scope: Scope,
): Promise<Opened[]> {
  const [first] = group;
  const candidates = policy.for(first.at.port).map((port) => policy.unused(host, port));
  for (const port of candidates) {
    try {
      policy.use(host, port);
      return await openAt(lab, { host, port }, group, options, scope);
    } catch (error) {
      if (port === candidates.at(-1) || codeOf(error) !== 'EACCES') throw error;
      policy.lowDenied();
    }
  }
  throw new Error('no port was tried');
}

async function openAt(lab: Lab, at: Place, group: Group, { guise }: PublishOptions, scope: Scope): Promise<Opened[]> {
  const [first, ...others] = group;
  const options = guise ? { guise } : {};
  if (first.what === 'dns') return openDns(lab, at, first, options, scope);
  const to = others.length === 0 ? first.at : chooserFor(group, (ip) => lab.dns.names(ip));
  const entrance = scope.use(await lab.net.open(at, to, options));
  return group.map((door) => ({ door, entrance }));
}

const attempts = 20;

/** UDP and TCP at the same port: a client that is told to ask again over TCP knows no other. */
async function openDns(
  lab: Lab,
  at: Place,
  { at: to, ...door }: Door,
  options: EntranceOptions,
  scope: Scope,
): Promise<Opened[]> {
  for (let attempt = 1; ; attempt += 1) {
    const tcp = await lab.net.open(at, to, options);
    try {
      const udp = await lab.net.openDatagrams(tcp.real, to, { ...options, translate: lab.dns.translate });
      scope.use(tcp);
      scope.use(udp);
      return [
        { door: { ...door, at: to, transport: 'udp' }, entrance: udp },
        { door: { ...door, at: to, transport: 'tcp' }, entrance: tcp },
      ];
    } catch (error) {
      await tcp[Symbol.asyncDispose]();
      // The free port that TCP was given may be somebody else's for UDP.
      if (at.port !== 0 || attempt === attempts || codeOf(error) !== 'EADDRINUSE') throw error;
    }
  }
}

const mostShut = 64;

/**
 * Ports of the lab that other addresses of the zone do not have: with an address of their own, hosts of the story refuse
 * there and addresses of nobody are silent. A loopback address would refuse by itself, and nobody would have seen it.
 */
async function openShut(
  lab: Lab,
  { dns }: LabSpec,
  doors: readonly Door[],
  addressOf: (ip: string) => string | null,
  policy: Ports,
  options: PublishOptions,
  scope: Scope,
): Promise<void> {
  if (options.addressing !== 'each' || options.ports === 'free') return;
  const known = Object.values(dns.records).flatMap(({ A = [] }) => A);
  const addresses = [...new Set([...known, ...doors.map(({ at }) => at.ip)])].filter((ip) => addressOf(ip) !== ip);
  const ports = new Set(doors.filter(({ speaks }) => !['dns', 'tcp'].includes(speaks)).map(({ at }) => at.port));
  for (const ip of addresses.slice(0, mostShut)) {
    const host = addressOf(ip) ?? '';
    for (const port of ports) {
      const real = policy.for(port).find((each) => each === policy.unused(host, each));
      const isDoor = doors.some(({ at }) => at.ip === ip && at.port === port);
      if (isDoor || real === undefined || host.includes(':')) continue;
      // Two ports of the story may have one number here: 443 without the right to it, and 8443.
      policy.use(host, real);
      scope.use(await lab.net.open({ host, port: real }, { ip, port }, options.guise && { guise: options.guise }));
    }
  }
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof LabError ? (error.cause as NodeJS.ErrnoException | undefined)?.code : undefined;
