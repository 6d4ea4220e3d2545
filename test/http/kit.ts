/** Hosts on a network, and a client that asks them. */
import type { Outcome } from '../../src/failure.ts';
import { exchange, hostsSpec, startHosts } from '../../src/http/index.ts';
import type { Answer, HostServer, HttpRequest } from '../../src/http/index.ts';
import { createPki } from '../../src/net/certificates.ts';
import type { Pki } from '../../src/net/certificates.ts';
import type { Connection } from '../../src/net/connection.ts';
import { dialTls } from '../../src/net/tls.ts';
import type { EventMap, EventType, HeaderList } from '../../src/trace/events.ts';
import { host, startWorld } from '../kit/world.ts';
import type { World } from '../kit/world.ts';

const client = host('10.20.0.10', 'client');

export interface Hosts extends AsyncDisposable {
  world: World;
  hosts: HostServer;
  pki: Pki;
}

export async function startTestHosts(hosts: unknown, files: Record<string, string> = {}): Promise<Hosts> {
  const world = startWorld();
  const pki = createPki({ date: () => world.clock.date(), activity: world.activity });
  const contents = new Map(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)]));
  const server = await startHosts(hostsSpec.parse(hosts), {
    ...world,
    pki,
    files: contents,
    addressOf: () => undefined,
    nameOfClient: (ip) => (ip === client.ip ? 'service' : undefined),
  });
  return {
    world,
    hosts: server,
    pki,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await world[Symbol.asyncDispose]();
    },
  };
}

export interface Asking {
  ip?: string;
  method?: string;
  headers?: HeaderList;
  body?: string;
  /** The name of the client's certificate. */
  certificate?: string;
  trust?: string[];
  timeout?: number;
}

export async function connection({ world }: Hosts, port: number, ip = '203.0.113.10'): Promise<Connection> {
  const dialled = await world.net.dial(client, { ip, port });
  if (!dialled.ok) throw new Error(dialled.failure.detail);
  return dialled.value;
}

/** One request on a connection of its own. Refused handshakes are outcomes too. */
export async function ask(lab: Hosts, url: string, asking: Asking = {}): Promise<Outcome<Answer>> {
  const { world, pki } = lab;
  const { protocol, hostname, port, pathname, search, host: authority } = new URL(url);
  const { ip, method = 'GET', headers = [], body, certificate, trust = ['public-ca'], timeout = 60_000 } = asking;
  const secure = protocol === 'https:';
  const raw = await connection(lab, Number(port || (secure ? 443 : 80)), ip);
  const request: HttpRequest = {
    method,
    target: `${pathname}${search}`,
    headers: [['Host', authority], ...headers],
    ...(body === undefined ? {} : { body }),
  };
  const limits = { timeout, clock: world.clock };
  try {
    if (!secure) return await exchange(raw, request, limits);
    const own = certificate === undefined ? {} : { certificate: await pki.clientCertificate(certificate) };
    const tools = { ...world, pki, pen: world.trace.pen('client') };
    const tls = await dialTls(raw, { serverName: hostname, trust, timeout, ...own }, tools);
    return tls.ok ? await exchange(tls.value.stream, request, limits) : tls;
  } finally {
    raw.destroy();
    await world.net.settled();
  }
}

/** Status and text of an answer that must have come. */
export function said(outcome: Outcome<Answer>): { status: number; text: string; complete: boolean } {
  if (!outcome.ok) throw new Error(`${outcome.failure.code}: ${outcome.failure.detail}`);
  const { status, body, complete } = outcome.value;
  return { status, text: body.toString(), complete };
}

export const typesOf = ({ world }: Hosts): string[] => world.trace.events.map(({ type }) => type);

export const dataOf = <T extends EventType>({ world }: Hosts, type: T): EventMap[T][] =>
  // The type of an event decides what its data is.
  world.trace.events.filter((event) => event.type === type).map(({ data }) => data as EventMap[T]);
