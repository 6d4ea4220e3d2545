/** A proxy with a client on one side and origins on the other, all spoken to in raw bytes. */
import { seededChance } from '../../src/chance.ts';
import type { Clock } from '../../src/clock.ts';
import { fail, ok } from '../../src/failure.ts';
import { createPki } from '../../src/net/certificates.ts';
import type { Pki } from '../../src/net/certificates.ts';
import type { Connection } from '../../src/net/connection.ts';
import type { Net } from '../../src/net/net.ts';
import { proxySpec, startProxy } from '../../src/proxy/index.ts';
import type { Proxy, ProxyTools } from '../../src/proxy/index.ts';
import type { EventMap, EventType } from '../../src/trace/events.ts';
import { host, startWorld } from '../kit/world.ts';
import type { World } from '../kit/world.ts';

export const originIp = '203.0.113.10';
const proxyHost = { name: 'edge', owner: 'proxy:edge', ip: '10.20.0.8' };
const clientHost = { name: 'service', owner: 'client:service', ip: '10.20.0.10' };

/** Names as the proxy resolves them; `dark.test` stands for an address that never answers. */
const names: Record<string, string[]> = {
  'app.test': [originIp],
  'other.test': [originIp],
  'dark.test': ['198.51.100.9'],
  'two.test': ['198.51.100.9', originIp],
  'empty.test': [],
};

/** One end of a connection that keeps what it hears. */
export interface Talk {
  connection: Connection;
  heard: () => string;
  ended: () => boolean;
  failure: () => string | undefined;
  send: (text: string | Buffer) => void;
}

export const talk = (connection: Connection): Talk => {
  const chunks: Buffer[] = [];
  let ended = false;
  let failure: string | undefined;
  connection.on('data', (chunk: Buffer) => chunks.push(chunk));
  connection.on('end', () => (ended = true));
  connection.on('error', (error: NodeJS.ErrnoException) => (failure = error.code));
  return {
    connection,
    heard: () => Buffer.concat(chunks).toString('latin1'),
    ended: () => ended,
    failure: () => failure,
    send: (text) => connection.write(text),
  };
};

export interface ProxyLab extends AsyncDisposable {
  world: World;
  proxy: Proxy;
  pki: Pki;
  tools: ProxyTools;
  /** A client's connection to the proxy. */
  dial: () => Promise<Talk>;
  /** Sends bytes on a connection of their own and gives what came back when all is quiet. */
  ask: (text: string) => Promise<string>;
  /** Listens; gives the connections it accepted. `answer` is called with each chunk. */
  origin: (port: number, answer?: (talk: Talk, chunk: string) => void) => Promise<Talk[]>;
  /** The proxy's ends of the connections it accepted, and of those it opened. */
  accepted: Connection[];
  dialled: Connection[];
  /** What the proxy still waits for on the lab's clock. */
  timers: () => number;
  settled: () => Promise<void>;
  events: <T extends EventType>(type: T) => EventMap[T][];
}

export async function startProxyLab(
  spec: Record<string, unknown> = {},
  options: { firewall?: unknown; world?: World; client?: string } = {},
): Promise<ProxyLab> {
  const world = options.world ?? startWorld(options.firewall);
  const pki = createPki({ date: () => world.clock.date(), activity: world.activity });
  const accepted: Connection[] = [];
  const dialled: Connection[] = [];
  const waiting = new Set<object>();
  const tools: ProxyTools = {
    ...world,
    net: heardBy(world.net, accepted, dialled),
    clock: countedClock(world.clock, waiting),
    host: proxyHost,
    port: 8080,
    pen: world.trace.pen('proxy:edge'),
    chance: seededChance(1),
    pki,
    resolve: (name) => {
      if (name === 'slow.test') return Promise.resolve(fail('dns.timeout', `no answer for ${name}`));
      const addresses = names[name];
      return Promise.resolve(addresses ? ok(addresses) : fail('dns.nxdomain', `${name} does not exist`));
    },
    clientAt: (ip) => (ip === clientHost.ip ? { name: 'service', identity: 'network-service' } : undefined),
  };
  const parsed = proxySpec.parse({ listen: 'proxy.test:8080', ...spec });
  const proxy = await startProxy('edge', parsed, tools);
  const from = { ...clientHost, ip: options.client ?? clientHost.ip };
  const dial = async (): Promise<Talk> => {
    const outcome = await world.net.dial(from, { ip: proxyHost.ip, port: 8080 });
    if (!outcome.ok) throw new Error(outcome.failure.detail);
    return talk(outcome.value);
  };
  return {
    world,
    proxy,
    pki,
    tools,
    accepted,
    dialled,
    timers: () => waiting.size,
    dial,
    settled: () => world.net.settled(),
    async ask(text) {
      const client = await dial();
      client.send(text);
      await world.net.settled();
      return client.heard();
    },
    async origin(port, answer = () => undefined) {
      const talks: Talk[] = [];
      await world.net.listen(host(originIp, 'origin'), port, (connection) => {
        const side = talk(connection);
        talks.push(side);
        connection.on('data', (chunk: Buffer) => answer(side, chunk.toString('latin1')));
      });
      return talks;
    },
    events: (type) => world.trace.events.flatMap((event) => (event.type === type ? [event.data as never] : [])),
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await world[Symbol.asyncDispose]();
    },
  };
}

/** A clock that knows who waits. */
const countedClock = (clock: Clock, waiting: Set<object>): Clock => ({
  kind: clock.kind,
  now: clock.now,
  date: clock.date,
  async sleep(ms, signal) {
    const sleeper = {};
    waiting.add(sleeper);
    await clock.sleep(ms, signal).finally(() => waiting.delete(sleeper));
  },
  after(ms, task, options) {
    const timer = {};
    waiting.add(timer);
    const callOff = clock.after(
      ms,
      () => {
        waiting.delete(timer);
        task();
      },
      options,
    );
    return () => {
      waiting.delete(timer);
      callOff();
    };
  },
  [Symbol.dispose]: () => clock[Symbol.dispose](),
});

/** A net whose connections can be looked at. */
function heardBy(net: Net, accepted: Connection[], dialled: Connection[]): Net {
  const dial: Net['dial'] = async (...to) => {
    const outcome = await net.dial(...to);
    if (outcome.ok) dialled.push(outcome.value);
    return outcome;
  };
  const listen: Net['listen'] = (at, port, accept) =>
    net.listen(at, port, (connection) => {
      accepted.push(connection);
      accept(connection);
    });
  return new Proxy(net, {
    get(target, key) {
      if (key === 'listen') return listen;
      if (key === 'dial') return dial;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

/** An origin that answers each request with its own bytes. */
export const echo = (side: Talk, chunk: string): void =>
  side.send(`HTTP/1.1 200 OK\r\nContent-Length: ${chunk.length}\r\n\r\n${chunk}`);

export const fine = (side: Talk): void => side.send('HTTP/1.1 200 Fine\r\nContent-Length: 4\r\n\r\nfine');
export const statusLine = (answer: string): string => answer.split('\r\n')[0] ?? '';
