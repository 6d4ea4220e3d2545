/**
 * Story addresses on ephemeral ports of 127.0.0.1. Both ends of a connection dialled here are ours, so a connection
 * counts as opened when the dialler *and* the listener have it; that keeps the order of events the same in every run.
 */
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

import type { Activity } from '../activity.ts';
import type { Chance } from '../chance.ts';
import type { Clock } from '../clock.ts';
import { LabError, fail, ok } from '../failure.ts';
import type { Outcome } from '../failure.ts';
import { Scope } from '../scope.ts';
import { formatEndpoint } from './address.ts';
import type { Endpoint } from './address.ts';
import { acceptHandles } from './accept.ts';
import { Connection } from './connection.ts';
import type { Handle } from './named.ts';
import { datagramSocket } from './datagrams.ts';
import type { DatagramNet } from './datagrams.ts';
import { listening, openDatagramEntrance, openEntrance, turnedAway } from './entrance.ts';
import type { Firewall } from './firewall.ts';
import { Flow } from './flow.ts';
import { synSchedules } from './net.ts';
import type { DialOptions, Entrances, Host, Listener, Net } from './net.ts';
import { leaveTo } from './outward.ts';
import { refused, unanswered } from './silence.ts';
import type { ConnectionInit } from './seam.ts';
import type { Tap } from './tap.ts';

export interface NetTools {
  clock: Clock;
  activity: Activity;
  chance: Chance;
  firewall: Firewall;
  tap: Tap;
}

const loopback = '127.0.0.1';
const firstEphemeralPort = 49_152;

interface Door {
  host: Host;
  port: number;
  accept: (connection: Connection) => void;
  realPort: number;
  /** By source port, which the kernel gives to several connections that lead to different places. */
  dialled: Map<number, Dialled>;
}

/** A dialled connection that waits for the other end to show up. */
interface Dialled {
  id: number;
  from: string;
  up: Flow;
  down: Flow;
  /** The part that dialled. */
  owner: string;
  accepted: () => void;
}

export class LoopbackNet implements Net, Entrances {
  readonly #tools: NetTools;
  readonly #scope = new Scope();
  readonly #doors = new Map<string, Door>();
  readonly #addresses = new Map<string, number>();
  readonly #sockets = new Set<Socket>();
  readonly #datagrams: DatagramNet;
  #connections = 0;
  #ephemeral = 0;

  constructor(tools: NetTools) {
    this.#tools = tools;
    this.#datagrams = {
      ...tools,
      doors: new Map(),
      stories: new Map(),
      strangers: new Map(),
      nextPort: () => this.#nextPort(),
    };
  }

  async listen(host: Host, port: number, accept: (connection: Connection) => void): Promise<Listener> {
    const at = formatEndpoint({ ip: host.ip, port });
    if (this.#doors.has(at))
      throw new LabError(`two parts of the lab want ${at}: ${this.#doors.get(at)?.host.owner} and ${host.owner}`);
    const door: Door = { host, port, accept, realPort: 0, dialled: new Map() };
    this.#doors.set(at, door);
    const server = createServer({ allowHalfOpen: true });
    await listening(server, { host: loopback, port: 0 });
    acceptHandles(server, (handle, peer) => this.#accept(door, handle, peer));
    door.realPort = (server.address() as AddressInfo).port;
    this.#addresses.set(host.ip, (this.#addresses.get(host.ip) ?? 0) + 1);
    const close = (): void => {
      this.#doors.delete(at);
      server.close();
    };
    this.#scope.defer(close);
    return {
      at: { ip: host.ip, port },
      real: { host: loopback, port: door.realPort },
      [Symbol.asyncDispose]: async () => close(),
    };
  }

  async dial(host: Host, to: Endpoint, options: DialOptions = {}): Promise<Outcome<Connection>> {
    const { clock, tap } = this.#tools;
    const target = formatEndpoint(to);
    const from = formatEndpoint({ ip: host.ip, port: this.#nextPort() });
    const way = { clock, pen: tap.pen.as(host.owner) };
    const schedule = options.syn ?? synSchedules.windows;
    /** What becomes of a SYN now: the door that it comes to, or why it comes to none. */
    const ask = () => {
      const verdict = this.#tools.firewall.judge({ protocol: 'tcp', sender: host.name, from: host.ip, to });
      if (verdict !== 'allow') return verdict;
      return this.#doors.get(target) ?? (this.#addresses.has(to.ip) ? 'reject' : 'drop');
    };
    const first = ask();
    const door = first === 'reject' ? await refused(way, from, target, schedule, { ...options, ask }) : first;
    if (door === 'drop') return unanswered(way, from, target, schedule, options);
    if (door === 'reject') return fail('tcp.refused', `${target} refused the connection`);
    if (door === 'icmp') {
      way.pen.write('tcp.refused', { from, to: target, how: 'icmp-prohibited', simulated: true });
      return fail('tcp.unreachable', `${target} is administratively prohibited`);
    }
    return this.#connect(host, from, target, door);
  }

  datagrams: Net['datagrams'] = (host, port, receive) =>
    datagramSocket(this.#datagrams, this.#scope, host, port, receive);

  open: Entrances['open'] = (at, to, options = {}) =>
    openEntrance(this.#scope, at, to, (socket, wanted) => this.#admit(socket, wanted, options.guise));

  openDatagrams: Entrances['openDatagrams'] = (at, to, options = {}) =>
    openDatagramEntrance(this.#datagrams, this.#scope, at, to, options);

  leave: Entrances['leave'] = (host, to, isBanned) => {
    const from = formatEndpoint({ ip: host.ip, port: this.#nextPort() });
    return leaveTo(to, isBanned, {
      tap: this.#tools.tap,
      host,
      from,
      id: ++this.#connections,
      own: (socket) => this.#own(socket),
    });
  };

  async settled(): Promise<void> {
    if (this.#tools.clock.kind === 'virtual') await this.#tools.activity.settled();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) {
      if (socket instanceof Connection) socket.vanish();
      else socket.destroy();
    }
    await this.#scope[Symbol.asyncDispose]();
  }

  async #connect(host: Host, from: string, to: string, door: Door): Promise<Outcome<Connection>> {
    const { activity, tap } = this.#tools;
    const id = ++this.#connections;
    const up = new Flow(activity);
    const down = new Flow(activity);
    activity.begin();
    try {
      const connection = Connection.dialled(
        { host: loopback, port: door.realPort },
        { id, local: from, remote: to, sends: 'up', owner: host.owner, tap, out: up, in: down },
      );
      this.#own(connection);
      const connected = new Promise<void>((resolve, reject) =>
        connection.once('connect', resolve).once('error', reject),
      );
      // The kernel gives the source port when the connect call is made, one tick later, and before any accept.
      await new Promise<void>((resolve) => process.nextTick(resolve));
      const accepted = new Promise<void>((resolve) => {
        door.dialled.set(connection.localPort ?? -1, { id, from, up, down, owner: host.owner, accepted: resolve });
      });
      await connected;
      await accepted;
      connection.once('close', this.#tools.firewall.stands(to));
      return ok(connection);
    } catch (error) {
      return fail('tcp.refused', `${to}: ${(error as Error).message}`);
    } finally {
      activity.end();
    }
  }

  /** A stranger at an entrance: past the firewall, to the door that stands there now. */
  #admit(socket: Socket, to: Endpoint, guise: (ip: string) => string = (ip) => ip): void {
    const ip = guise(addressOf(socket));
    const from = formatEndpoint({ ip, port: socket.remotePort ?? 0 });
    const verdict = this.#tools.firewall.judge({ protocol: 'tcp', sender: 'outside', from: ip, to });
    const door = this.#doors.get(formatEndpoint(to));
    const over = (init: ConnectionInit): Connection => Connection.over(socket, init);
    if (verdict === 'allow' && door) return this.#receive(door, undefined, from, over);
    const closed = this.#addresses.has(to.ip) ? 'reject' : 'drop';
    const how = verdict === 'allow' ? closed : verdict;
    turnedAway(this.#tools, this.#own(socket), { from, to: formatEndpoint(to), how });
  }

  #accept(door: Door, handle: Handle, peer: Endpoint): void {
    const dialled = door.dialled.get(peer.port);
    door.dialled.delete(peer.port);
    const from = dialled?.from ?? formatEndpoint(peer);
    this.#receive(door, dialled, from, (init) => Connection.accepted(handle, init));
  }

  #receive(door: Door, dialled: Dialled | undefined, from: string, connect: (init: ConnectionInit) => Connection) {
    const { activity, tap } = this.#tools;
    const id = dialled?.id ?? ++this.#connections;
    const local = formatEndpoint({ ip: door.host.ip, port: door.port });
    // A stranger's bytes cannot be counted as under way: its end is not ours.
    const connection = connect({
      id,
      local,
      remote: from,
      sends: 'down',
      owner: door.host.owner,
      tap,
      out: dialled?.down,
      in: dialled?.up,
      dialledBy: dialled?.owner,
      outside: !dialled,
    });
    this.#own(connection);
    tap.pen.as(dialled ? 'net' : 'outside').write('tcp.opened', { conn: id, from, to: local });
    activity.touch();
    door.accept(connection);
    dialled?.accepted();
  }

  #own(socket: Socket): Socket {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    return socket;
  }

  #nextPort(): number {
    this.#ephemeral += 1;
    return firstEphemeralPort + (this.#ephemeral % 16_000);
  }
}

/** An IPv4 address that came in by IPv6 is written as what it is. */
const addressOf = ({ remoteAddress = loopback }: Socket): string => remoteAddress.replace(/^::ffff:(?=\d+\.)/, '');
