/** A real listener that is no part of the story: nothing of it is in the trace. */
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

import { listening } from './entrance.ts';
import type { Place } from './net.ts';

export interface PlainServer extends AsyncDisposable {
  readonly real: Place;
}

/** Hands every stream to `serve`. Throws LabError when the place is taken; drops all streams when disposed. */
export async function serveAt(at: Place, serve: (stream: Socket) => void): Promise<PlainServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
    serve(socket);
  });
  await listening(server, at);
  return {
    real: { host: at.host, port: (server.address() as AddressInfo).port },
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
