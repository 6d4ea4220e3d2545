/** One direction of an HTTP connection while it is read, and the tunnel that a CONNECT opens. */
import type { Exchange, Tunnel } from '../connection.ts';
import type { Body } from './http-body.ts';
import type { Surroundings } from './sniff.ts';

export interface Half {
  buffer: Buffer;
  body: Body | null;
  state: 'head' | 'body' | 'lost';
}

export const half = (): Half => ({ buffer: Buffer.alloc(0), body: null, state: 'head' });

export function tunnelOf(exchange: Exchange | undefined, { tunnel, slots }: Surroundings): Tunnel | null {
  const match = /^\[?([^\]]*)\]?:(\d{1,5})$/.exec(exchange?.target ?? '');
  return match ? { host: match[1] ?? '', port: Number(match[2]), slot: slots.next() } : tunnel;
}
