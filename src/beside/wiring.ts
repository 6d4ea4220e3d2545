/**
 * The lab in the namespace of this process: the story's addresses are this machine's, its doors stand at the story's
 * ports, and its firewall is the kernel's. So a dropped SYN is no answer, and a rejected one is a reset.
 */
import { writeFile } from 'node:fs/promises';

import { ip } from '../browser/machine.ts';
import type { Environment } from '../browser/program.ts';
import type { Lab } from '../lab/lab.ts';
import { formatEndpoint } from '../net/address.ts';
import type { Verdict } from '../net/firewall.ts';
import { canShare, chooserFor } from '../publish/choose.ts';
import { doorsOf } from '../publish/doors.ts';
import type { Door } from '../publish/doors.ts';
import type { LabSpec } from '../scenario/schema.ts';
import { Scope } from '../scope.ts';

export interface Caller {
  /** Its name in the scenario, and its cable. */
  name: string;
  address: string;
  cable: string;
}

/** Once for this process, before any lab: what is not this machine's is silent, what is forbidden says so. */
export async function prepareNamespace(env: Environment): Promise<void> {
  // ICMP is sent by machines that forward, and not more often than so many times a second.
  await writeFile('/proc/sys/net/ipv4/ip_forward', '1');
  await writeFile('/proc/sys/net/ipv4/icmp_ratelimit', '0');
  const commands = [
    'link set lo up',
    'route add blackhole default',
    'rule add pref 1000 lookup local',
    'rule del pref 0',
  ];
  await ip(commands, [], env);
}

/** Opens the lab to the callers. Throws LabError when an address or a port is not to be had. */
export async function wire(lab: Lab, spec: LabSpec, callers: readonly Caller[], env: Environment): Promise<Scope> {
  await using scope = new Scope();
  const doors = doorsOf(lab, spec);
  const judge = ({ at, transport }: Pick<Door, 'at' | 'transport'>, { name, address }: Caller): Verdict =>
    lab.firewall.judge({ protocol: transport, sender: name, from: address, to: at });
  const rejected = (door: Pick<Door, 'at' | 'transport'>): boolean =>
    callers.some((caller) => judge(door, caller) === 'reject');
  const own = new Set([...doors.map(({ at }) => at.ip), ...refusing(spec, rejected)]);
  for (const address of own)
    await take(`address replace ${address}/${address.includes(':') ? 128 : 32} dev lo`, 'address del', scope, env);
  let pref = 100;
  for (const door of doors.filter(({ transport }) => transport === 'tcp'))
    for (const caller of callers) {
      const action = kernelWord[judge(door, caller)];
      if (action === undefined || door.at.ip.includes(':')) continue;
      const rule = `pref ${(pref += 1)} iif ${caller.cable} to ${door.at.ip} ipproto tcp dport ${door.at.port} ${action}`;
      await take(`rule add ${rule}`, 'rule del', scope, env);
    }
  lab.dns.showOutside((address) => address);
  for (const group of groups(doors.filter((door) => !rejected(door)))) await open(lab, group, scope);
  return scope.move();
}

const kernelWord: Readonly<Record<Verdict, string | undefined>> = {
  allow: undefined,
  reject: undefined,
  drop: 'blackhole',
  icmp: 'prohibit',
};

/** Does it now and undoes it at the end. */
async function take(command: string, undo: string, scope: Scope, env: Environment): Promise<void> {
  await ip([command], [], env);
  scope.defer(() => ip([command.replace(/^\w+ \w+/, undo)], [], env));
}

const usualPorts = [80, 443, 8080];

/** Addresses of the zone where nobody listens and that still refuse: a host that is up. */
function refusing({ dns }: LabSpec, rejected: (door: Pick<Door, 'at' | 'transport'>) => boolean): string[] {
  const known = Object.values(dns.records).flatMap(({ A = [] }) => A);
  return [...new Set(known)].filter(
    (address) =>
      !address.startsWith('127.') &&
      usualPorts.some((port) => rejected({ at: { ip: address, port }, transport: 'tcp' })),
  );
}

type Group = [Door, ...Door[]];

/** Doors at one address and port, whose clients can be told apart. */
function groups(doors: readonly Door[]): Group[] {
  const found = new Map<string, Group>();
  for (const door of doors) {
    const key = `${door.transport} ${formatEndpoint(door.at)}`;
    const group = found.get(key);
    if (!group) found.set(key, [door]);
    else if (group.every((other) => canShare(other, door))) group.push(door);
  }
  return [...found.values()];
}

async function open(lab: Lab, group: Group, scope: Scope): Promise<void> {
  const [first, ...others] = group;
  const place = { host: first.at.ip, port: first.at.port };
  if (first.transport === 'udp') scope.use(await lab.net.openDatagrams(place, first.at));
  else {
    const to = others.length === 0 ? first.at : chooserFor(group, (address) => lab.dns.names(address));
    scope.use(await lab.net.open(place, to));
  }
}
