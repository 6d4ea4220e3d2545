/** Connections that node:net accepts, before it makes sockets of its own class of them. */
import type { Server } from 'node:net';

import type { Endpoint } from './address.ts';
import type { Handle } from './named.ts';

/** The kernel's listening socket, as node:net has it: missing from the types. */
interface Listening {
  /** `status` is an error number of libuv, or 0. */
  onconnection: (status: number, handle: Handle | undefined) => void;
}

/**
 * Takes the place of the server's own listener. Making a second socket of the first one costs a tenth of a tunnel.
 */
export function acceptHandles(server: Server, accept: (handle: Handle, peer: Endpoint) => void): void {
  const listening = (server as unknown as { _handle: Listening })._handle;
  listening.onconnection = (status, handle) => {
    if (status !== 0 || !handle) return;
    const peer: { address?: string; port?: number } = {};
    handle.getpeername(peer);
    accept(handle, { ip: peer.address ?? '', port: peer.port ?? 0 });
  };
}
