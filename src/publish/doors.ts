/** What of a running lab can be reached from outside: each address and port of the story, and who is there. */
import type { Lab } from '../lab/lab.ts';
import type { Endpoint } from '../net/address.ts';
import type { LabSpec } from '../scenario/schema.ts';

export interface Door {
  what: 'dns' | 'host' | 'proxy';
  /** Its name in the scenario; of hosts that share the port, the first. */
  name: string;
  /** Everything that stands behind it, by name; a name may be a glob. */
  names: readonly string[];
  /** The story's address. */
  at: Endpoint;
  transport: 'udp' | 'tcp';
  /** `tcp` says nothing first that could tell whom a client wants. */
  speaks: 'dns' | 'http' | 'https' | 'tcp' | 'proxy' | 'tls-proxy';
}

export function doorsOf(lab: Pick<Lab, 'dns' | 'hosts' | 'proxies'>, spec: LabSpec): Door[] {
  const dns = { what: 'dns', name: 'dns', names: [], at: { ip: spec.dns.address, port: 53 }, speaks: 'dns' } as const;
  const hosts = lab.hosts.listening.map(({ names, speaks, listener }): Door => ({
    what: 'host',
    name: names[0] ?? '',
    names,
    at: listener.at,
    transport: 'tcp',
    speaks,
  }));
  const proxies = [...lab.proxies].map(([name, { at }]): Door => ({
    what: 'proxy',
    name,
    names: namesOfProxy(lab, spec, name, at.ip),
    at,
    transport: 'tcp',
    speaks: spec.proxies[name]?.tls ? 'tls-proxy' : 'proxy',
  }));
  return [{ ...dns, transport: 'udp' }, { ...dns, transport: 'tcp' }, ...hosts, ...proxies];
}

/** What clients may call it: the name it listens under, and all that lead to its address. */
function namesOfProxy({ dns }: Pick<Lab, 'dns'>, spec: LabSpec, name: string, ip: string): string[] {
  const listen = spec.proxies[name]?.listen.replace(/:\d+$/, '') ?? name;
  return [...new Set([listen, ...dns.names(ip)])];
}
