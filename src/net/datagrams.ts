/** UDP of the pretend world on loopback. What has no receiver, or what the firewall drops, is never heard of again. */
import { createSocket } from 'node:dgram';
import type { RemoteInfo, Socket } from 'node:dgram';

import { LabError } from '../failure.ts';
import type { Scope } from '../scope.ts';
import { formatEndpoint, splitHostPort } from './address.ts';
import type { NetTools } from './loopback.ts';
import type { DatagramSocket, Host, Receive } from './net.ts';

export interface DatagramNet extends NetTools {
  /** Story address → real port, and back. */
  doors: Map<string, { port: number; expected: { count: number }; receive: Receive }>;
  stories: Map<number, string>;
  /** The way back to programs outside the lab, by the address they are known under. */
  strangers: Map<string, (bytes: Uint8Array) => void>;
  nextPort: () => number;
}

export async function datagramSocket(
  net: DatagramNet,
  scope: Scope,
  host: Host,
  port: number,
  receive: Receive,
): Promise<DatagramSocket> {
  const local = formatEndpoint({ ip: host.ip, port: port === 0 ? net.nextPort() : port });
  if (net.doors.has(local)) throw new LabError(`two parts of the lab want ${local} for UDP`);
  const expected = { count: 0 };
  const socket = createSocket('udp4');
  const real = await bound(socket, net, local);
  net.doors.set(local, { port: real, expected, receive });
  net.stories.set(real, local);
  socket.on('message', (bytes: Buffer, info: RemoteInfo) => {
    arrived(net, expected, info.port);
    receive(bytes, net.stories.get(info.port) ?? formatEndpoint({ ip: info.address, port: info.port }));
  });
  socket.on('error', () => undefined);
  let closed = false;
  const close = (): void => {
    if (closed) return;
    closed = true;
    net.doors.delete(local);
    net.stories.delete(real);
    for (; expected.count > 0; expected.count -= 1) net.activity.end();
    socket.close();
  };
  scope.defer(close);
  return {
    local,
    real: { host: '127.0.0.1', port: real },
    send: (bytes, to) => send(net, host, local, socket, bytes, to),
    [Symbol.dispose]: close,
  };
}

function send(net: DatagramNet, host: Host, local: string, socket: Socket, bytes: Uint8Array, to: string): void {
  const target = splitHostPort(to);
  if (target?.port === undefined) throw new Error(`'${to}' is not an address with a port`);
  const { pen, bytes: tapped } = net.tap;
  if (tapped)
    pen
      .as(host.owner)
      .write('udp.data', { from: local, to, length: bytes.length, bytes: Buffer.from(bytes).toString('base64') });
  const packet = {
    protocol: 'udp',
    sender: host.name,
    from: host.ip,
    to: { ip: target.host, port: target.port },
  } as const;
  if (net.firewall.judge(packet) !== 'allow') return;
  const door = net.doors.get(to);
  if (door) {
    door.expected.count += 1;
    net.activity.begin();
    socket.send(bytes, door.port, '127.0.0.1');
  } else if (net.strangers.has(to)) {
    net.strangers.get(to)?.(bytes);
  } else if (target.host === '127.0.0.1') {
    socket.send(bytes, target.port, target.host);
  }
}

/** Only datagrams of the lab's own sockets were counted when they left. */
function arrived(net: DatagramNet, expected: { count: number }, fromPort: number): void {
  if (!net.stories.has(fromPort) || expected.count === 0) return;
  expected.count -= 1;
  net.activity.end();
}

function bound(socket: Socket, net: DatagramNet, local: string): Promise<number> {
  return new Promise((resolve, reject) => {
    socket.once('error', (error) =>
      reject(new LabError(`cannot bind UDP for ${local}: ${error.message}`, { cause: error })),
    );
    net.activity.begin();
    socket.bind({ address: '127.0.0.1', port: 0, exclusive: true }, () => {
      net.activity.end();
      socket.removeAllListeners('error');
      resolve(socket.address().port);
    });
  });
}
