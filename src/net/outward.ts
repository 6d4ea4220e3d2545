/** The way out of the lab to a real place, for a proxy that was told to let somebody through. */
import { lookup } from 'node:dns';
import { Socket, isIPv4 } from 'node:net';
import type { LookupFunction } from 'node:net';

import { fail, ok } from '../failure.ts';
import type { FailureCode, Outcome } from '../failure.ts';
import { formatEndpoint, isAddress } from './address.ts';
import { Connection } from './connection.ts';
import type { Host, Place } from './net.ts';
import type { ConnectionInit } from './seam.ts';
import type { Tap } from './tap.ts';

interface LeaveTools {
  tap: Tap;
  host: Host;
  /** The story's address of this end. */
  from: string;
  /** Of the connection. */
  id: number;
  own: (socket: Socket) => Socket;
}

const patience = 20_000;
const banned = 'EBANNED';

const codes: Readonly<Record<string, FailureCode>> = {
  ENOTFOUND: 'dns.nxdomain',
  EAI_AGAIN: 'dns.servfail',
  ECONNREFUSED: 'tcp.refused',
  ETIMEDOUT: 'tcp.timeout',
  [banned]: 'tcp.unreachable',
};

/** A name is looked up by this machine; an address that is banned is not dialled, whatever name led there. */
export function leaveTo(
  { host: name, port }: Place,
  isBanned: (ip: string) => boolean,
  { tap, host, from, id, own }: LeaveTools,
): Promise<Outcome<Connection>> {
  const guarded: LookupFunction = (wanted, options, done) =>
    lookup(wanted, { ...options, all: false }, (error, address, family) => {
      const refusal = !error && isBanned(address) ? banError(address) : error;
      done(refusal, address, family);
    });
  return new Promise((resolve) => {
    if (isBanned(name)) {
      resolve(fail('tcp.unreachable', banError(name).message));
      return;
    }
    const at = isAddress(name) ? { host: name, port } : { host: name, port, lookup: guarded, autoSelectFamily: false };
    const init: ConnectionInit = { id, tap, local: from, remote: '', sends: 'up', owner: host.owner, outside: true };
    const socket = Connection.dialled(at, init);
    own(socket);
    // Most stand at once, and a timer for each costs as much as all that is done here.
    setImmediate(() => {
      if (!socket.connecting) return;
      const late = (): void => void socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }));
      socket.setTimeout(patience, late).once('connect', () => socket.setTimeout(0).removeListener('timeout', late));
    });
    const failed = (error: NodeJS.ErrnoException): void =>
      resolve(fail(codes[error.code ?? ''] ?? 'tcp.unreachable', `${name}:${port}: ${error.message}`));
    socket.once('error', failed);
    socket.once('connect', () => {
      socket.removeListener('error', failed);
      const to = formatEndpoint({ ip: isIPv4(name) ? name : (farAddress(socket) ?? name), port });
      init.remote = to;
      tap.pen.as(host.owner).write('tcp.opened', { conn: id, from, to });
      resolve(ok(socket));
    });
  });
}

const banError = (address: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`${address} is an address that nobody is led to`), { code: banned });

const far = Object.getOwnPropertyDescriptor(Socket.prototype, 'remoteAddress');

/** Of the other end, on this machine's network: a connection itself tells the story's. */
const farAddress = (socket: Socket): string | undefined => far?.get?.call(socket) as string | undefined;
