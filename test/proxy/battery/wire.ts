/** Raw bytes on real sockets, with a limit to every wait. */
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

import { wallClock } from '../../../src/clock.ts';

/** How long something that should happen may take, and how long nothing must happen to count as never. */
export const limit = 4000;
export const silence = 1000;

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

/** One end of a connection, and what it heard. */
export class Side {
  readonly socket: Socket;
  readonly #chunks: Buffer[] = [];
  #last = wallClock();
  ended = false;
  reset = false;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#last = wallClock();
    });
    socket.on('end', () => (this.ended = true));
    socket.on('error', (error: NodeJS.ErrnoException) => (this.reset ||= error.code === 'ECONNRESET'));
  }

  get heard(): string {
    return Buffer.concat(this.#chunks).toString('latin1');
  }

  /** `FIN`, `RST`, or nothing yet. */
  get end(): 'FIN' | 'RST' | 'open' {
    if (this.reset) return 'RST';
    return this.ended ? 'FIN' : 'open';
  }

  say(text: string): void {
    if (this.socket.writable) this.socket.write(text, 'latin1');
  }

  /** Until the condition holds; false when it does not in time. */
  async until(condition: () => boolean, within = limit): Promise<boolean> {
    const started = wallClock();
    while (!condition()) {
      if (wallClock() - started > within) return false;
      await turn();
    }
    return true;
  }

  /** Until the other side has ended, or has not spoken for a while; before its first word it has longer. */
  async quiet(): Promise<string> {
    const patience = (): number => (this.#chunks.length === 0 ? limit : silence);
    this.#last = wallClock();
    await this.until(() => this.end !== 'open' || wallClock() - this.#last > patience(), 2 * limit);
    return this.heard;
  }
}

export function dial(port: number): Promise<Side> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.removeListener('error', reject);
      resolve(new Side(socket));
    });
  });
}

/** A destination that hears everything and does what it is told. */
export interface Origin extends AsyncDisposable {
  port: number;
  sides: Side[];
  /** All that was said to it, connection by connection. */
  heard: () => string;
}

export async function origin(act: (side: Side) => void = () => undefined): Promise<Origin> {
  const sides: Side[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const side = new Side(socket);
    sides.push(side);
    socket.on('data', () => act(side));
  });
  await listening(server);
  return {
    port: (server.address() as AddressInfo).port,
    sides,
    heard: () => sides.map(({ heard }) => heard).join(''),
    async [Symbol.asyncDispose]() {
      server.close();
      for (const { socket } of sides) socket.destroy();
    },
  };
}

const listening = (server: Server): Promise<void> =>
  new Promise((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve));

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await listening(server);
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
