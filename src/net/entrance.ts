/**
 * Real addresses and ports where programs outside the lab come in. What they say first may decide where in the story
 * they are taken; those bytes stay theirs.
 *
 * The kernel has completed the handshake before we hear of it. So what the story's firewall drops is silence behind a
 * connection that stands, and what it rejects is a reset; the events are the story's and say `simulated`.
 */
import { createSocket } from 'node:dgram';
import type { Socket as UdpSocket } from 'node:dgram';
import { connect, createServer, isIPv6 } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

import { wallDeadline } from '../clock.ts';
import { LabError } from '../failure.ts';
import type { Scope } from '../scope.ts';
import { formatEndpoint } from './address.ts';
import type { Endpoint } from './address.ts';
import type { DatagramNet } from './datagrams.ts';
import type { Verdict } from './firewall.ts';
import type { NetTools } from './loopback.ts';
import type { Choose, DatagramEntranceOptions, Entrance, Place } from './net.ts';

/** Milliseconds that a stranger has to say whom it wants, where several are to be had. */
const patience = 1000;
const probePatience = 2000;
/** Bytes that are enough to say it. */
const enough = 65_536;
/** Ways back that are kept: each question of a stranger comes from a port of its own. */
const mostStrangers = 4096;

/** `admit` takes over the socket; nothing of it has been read by then, or everything has been put back. */
export async function openEntrance(
  scope: Scope,
  at: Place,
  to: Endpoint | Choose,
  admit: (socket: Socket, to: Endpoint) => void,
): Promise<Entrance> {
  const probes = new Map<number, (heard: boolean) => void>();
  const waiting = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    const probe = probes.get(socket.remotePort ?? -1);
    const enter = (wanted: Endpoint): void => {
      if (socket.destroyed) return;
      admit(socket, wanted);
    };
    if (probe) {
      socket.destroy();
      probe(true);
    } else if (typeof to !== 'function') {
      enter(to);
    } else {
      waiting.add(socket);
      void firstBytes(socket, to).then((wanted) => {
        waiting.delete(socket);
        if (wanted) enter(wanted);
        else socket.destroy();
      });
    }
  });
  await listening(server, at);
  const real = { host: at.host, port: (server.address() as AddressInfo).port };
  const close = (): void => {
    for (const socket of waiting) socket.destroy();
    server.close();
  };
  scope.defer(close);
  return { real, probe: () => knock(real, probes), [Symbol.asyncDispose]: async () => close() };
}

/** Whom the stranger wants; undefined when it left without a word that could be taken back. */
function firstBytes(socket: Socket, choose: Choose): Promise<Endpoint | undefined> {
  return new Promise((resolve) => {
    let held = Buffer.of();
    const settle = (wanted: Endpoint | undefined): void => {
      deadline[Symbol.dispose]();
      socket.removeListener('readable', look).removeListener('end', last).removeListener('close', gone);
      if (held.length > 0 && !socket.destroyed) socket.unshift(held);
      // The stream learns in the next tick that nobody waits for `readable` any more.
      process.nextTick(() => resolve(wanted));
    };
    const decide = (more: boolean): void => {
      const wanted = choose(held, more && held.length < enough);
      if (wanted !== 'more') settle(wanted);
    };
    const look = (): void => {
      const chunk = socket.read() as Buffer | null;
      if (!chunk) return;
      held = Buffer.concat([held, chunk]);
      decide(true);
    };
    const last = (): void => decide(false);
    const gone = (): void => settle(undefined);
    const deadline = wallDeadline(patience, last);
    socket.on('readable', look).once('end', last).once('close', gone);
  });
}

/** What the firewall does to a stranger, or a host to one that knocks at a closed port. */
export function turnedAway(
  { tap, clock }: Pick<NetTools, 'tap' | 'clock'>,
  socket: Socket,
  { from, to, how }: { from: string; to: string; how: Verdict },
): void {
  const pen = tap.pen.as('outside');
  if (how !== 'drop') {
    const said = how === 'icmp' ? 'icmp-prohibited' : 'rst';
    pen.write('tcp.refused', { from, to, how: said, simulated: true });
    socket.resetAndDestroy();
    return;
  }
  pen.write('tcp.syn', { from, to, retransmission: 0, simulated: true });
  const since = clock.now();
  socket.once('end', () => socket.destroy());
  socket.once('close', () => pen.write('tcp.timeout', { from, to, afterMs: clock.now() - since }));
  socket.resume();
}

/** Datagrams to one address of the story, and the answers back. */
export async function openDatagramEntrance(
  net: DatagramNet,
  scope: Scope,
  at: Place,
  to: Endpoint,
  { guise = (ip) => ip, translate = (bytes) => bytes }: DatagramEntranceOptions,
): Promise<Entrance> {
  const probes = new Map<number, (heard: boolean) => void>();
  const socket = isIPv6(at.host) ? createSocket({ type: 'udp6', ipv6Only: true }) : createSocket('udp4');
  await bound(socket, at);
  const target = formatEndpoint(to);
  socket.on('error', () => undefined);
  socket.on('message', (bytes: Buffer, info) => {
    const probe = probes.get(info.port);
    if (probe) {
      probe(true);
      return;
    }
    const ip = guise(info.address);
    const from = formatEndpoint({ ip, port: info.port });
    if (net.strangers.size >= mostStrangers) net.strangers.delete(net.strangers.keys().next().value ?? '');
    net.strangers.set(from, (reply) => socket.send(translate(reply), info.port, info.address));
    const { pen, bytes: tapped } = net.tap;
    if (tapped)
      pen.as('outside').write('udp.data', { from, to: target, length: bytes.length, bytes: bytes.toString('base64') });
    if (net.firewall.judge({ protocol: 'udp', sender: 'outside', from: ip, to }) !== 'allow') return;
    net.doors.get(target)?.receive(bytes, from);
  });
  let closed = false;
  const close = (): void => {
    if (closed) return;
    closed = true;
    socket.close();
  };
  scope.defer(close);
  const real = { host: at.host, port: socket.address().port };
  return { real, probe: () => knockUdp(real, probes), [Symbol.asyncDispose]: async () => close() };
}

type Probes = Map<number, (heard: boolean) => void>;

/** Connects once; the entrance knows the caller by its port and forgets it. */
function knock({ host, port }: Place, probes: Probes): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    let own: number | undefined;
    const settle = (heard: boolean): void => {
      if (own !== undefined) probes.delete(own);
      deadline[Symbol.dispose]();
      socket.destroy();
      resolve(heard);
    };
    const deadline = wallDeadline(probePatience, () => settle(false));
    socket.on('error', () => settle(false));
    // The kernel gives the source port when the connect call is made, one tick later, and before any accept.
    process.nextTick(() => {
      own = socket.localPort;
      if (own !== undefined) probes.set(own, settle);
    });
  });
}

function knockUdp({ host, port }: Place, probes: Probes): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
    const settle = (heard: boolean): void => {
      probes.delete(own);
      deadline[Symbol.dispose]();
      socket.close();
      resolve(heard);
    };
    let own = -1;
    const deadline = wallDeadline(probePatience, () => settle(false));
    socket.on('error', () => settle(false));
    socket.bind(0, () => {
      own = socket.address().port;
      probes.set(own, settle);
      socket.send(Buffer.of(0), port, host);
    });
  });
}

const sayPlace = ({ host, port }: Place): string => formatEndpoint({ ip: host, port });

/** Throws it with the code of the kernel as its cause. */
const cannot = (at: Place, protocol: string, error: Error): LabError => {
  const { code } = error as NodeJS.ErrnoException;
  const why =
    code === 'EADDRINUSE'
      ? 'another program has it'
      : code === 'EACCES'
        ? 'ports below 1024 are not permitted to this user'
        : code === 'EADDRNOTAVAIL'
          ? 'this machine has no such address'
          : error.message;
  return new LabError(`cannot listen at ${sayPlace(at)} (${protocol}): ${why}`, { cause: error });
};

export function listening(server: Server, at: Place): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(cannot(at, 'TCP', error)));
    server.listen({ host: at.host, port: at.port, exclusive: true, ipv6Only: true }, resolve);
  });
}

function bound(socket: UdpSocket, at: Place): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', (error) => reject(cannot(at, 'UDP', error)));
    socket.bind({ address: at.host, port: at.port, exclusive: true }, () => {
      socket.removeAllListeners('error');
      resolve();
    });
  });
}
