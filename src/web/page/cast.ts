/** Who takes part in a story, by the addresses and connections of its events: the columns of a sequence diagram. */
import { endpoint, namesByAddress } from '../../trace/dials.ts';
import type { TraceEvent } from '../../trace/events.ts';
import { viewOf } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';

export const kinds = ['client', 'dhcp', 'dns', 'host', 'script', 'proxy', 'origin'] as const;
export type Kind = (typeof kinds)[number];

export interface Cast {
  /** The part behind an address, with or without a port. */
  at: (address: string) => string;
  /** The two ends of a connection. */
  from: (conn: number) => string;
  to: (conn: number) => string;
  /** Who holds the other end of TLS that a client speaks on its connection: behind a tunnel, the destination. */
  tlsPeer: (conn: number) => string;
  kindOf: (part: string) => Kind;
  titleOf: (part: string) => string;
}

export function castOf(events: readonly TraceEvent[]): Cast {
  const view = viewOf(events);
  const parts = partsByAddress(view);
  const opened = new Map(view.ofType('tcp.opened').map(({ data }) => [data.conn, data]));
  const tunnels = new Map(view.ofType('proxy.tunnel').map((event) => [event.data.conn, event]));
  const carriers = new Map([...tunnels.values()].map(({ by, data }) => [data.upstream, by]));
  const answering = new Map(
    [...view.ofType('tls.established'), ...view.ofType('tls.failed')]
      .filter(({ data }) => data.role === 'server')
      .map(({ by, data }) => [data.conn, by]),
  );
  const hosts = new Set(view.ofType('http.request').map(({ by }) => by));
  const at = (address: string): string => parts(address);
  const to = (conn: number): string => at(opened.get(conn)?.to ?? '?');
  const from = (conn: number): string => carriers.get(conn) ?? at(opened.get(conn)?.from ?? '?');
  const tlsPeer = (conn: number): string => {
    const tunnel = tunnels.get(conn);
    const own = answering.get(conn);
    if (own !== undefined || !tunnel) return own ?? to(conn);
    const { upstream, host } = tunnel.data;
    return upstream === null ? `host:${host}` : (answering.get(upstream) ?? to(upstream));
  };
  return { at, from, to, tlsPeer, kindOf: (part) => kindOf(part, hosts), titleOf };
}

function kindOf(part: string, hosts: ReadonlySet<string>): Kind {
  if (part === 'dns' || part === 'dhcp' || part === 'script') return part;
  if (part.startsWith('dns:')) return 'dns';
  if (part.startsWith('proxy:')) return 'proxy';
  if (part.startsWith('host:')) return hosts.has(part) ? 'host' : 'origin';
  return part.startsWith('client:') || part.startsWith('at:') ? 'client' : 'origin';
}

const titles: Readonly<Record<string, string>> = { dns: 'DNS', dhcp: 'DHCP', script: 'PAC script' };

const titleOf = (part: string): string => titles[part] ?? part.slice(part.indexOf(':') + 1);

/** Whoever answers at an address says so in its events; clients say theirs; the rest has a name from DNS, or none. */
function partsByAddress(view: View): (address: string) => string {
  const doors = new Map<string, string>();
  const machines = new Map<string, string>();
  const opened = new Map(view.ofType('tcp.opened').map(({ data }) => [data.conn, data]));
  const dialling = new Set([...opened.values()].map(({ from }) => ipOf(from)));
  for (const { data } of view.ofType('dns.query')) {
    machines.set(data.server, 'dns');
    dialling.add(data.client);
  }
  for (const event of view.events) {
    const { by, data } = event;
    if (event.type === 'client.started' || event.type === 'client.network')
      if (!machines.has(event.data.address)) machines.set(event.data.address, by);
    if (!/^(proxy|host):/.test(by) || !('conn' in data) || typeof data.conn !== 'number') continue;
    const connection = opened.get(data.conn);
    if (!connection || /^(tcp|tls)\./.test(event.type)) continue;
    if (!doors.has(connection.to)) doors.set(connection.to, by);
    if (!machines.has(ipOf(connection.to))) machines.set(ipOf(connection.to), by);
  }
  const names = namesByAddress(view);
  return (address) => {
    const ip = ipOf(address);
    const known = doors.get(address) ?? machines.get(ip);
    if (known !== undefined) return known;
    const name = [...(names.get(ip) ?? [])].sort((left, right) => right.length - left.length)[0];
    return name !== undefined ? `host:${name}` : dialling.has(ip) ? `at:${ip}` : `host:${ip}`;
  };
}

const ipOf = (address: string): string => (/^\[|^[^:]*:\d+$/.test(address) ? endpoint(address).ip : address);
