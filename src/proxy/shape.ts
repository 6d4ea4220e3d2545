/** What a misbehaving proxy does to what passes through it; `forward` of a healthy one takes none. */
import type { Duplex } from 'node:stream';

import type { Connection } from '../net/connection.ts';
import type { Authority } from './request.ts';

/** One end of a tunnel. */
export interface End {
  stream: Duplex;
  connection: Connection;
}

/** The way between a client and a destination, as stages see it. */
export interface Wire {
  /** Ends it towards both sides. What a stage has pushed before still arrives. */
  cut: (how: 'fin' | 'rst') => void;
  /** From now on nothing passes, and neither side is told. */
  silence: () => void;
}

/** Bytes joined from client to destination and back. */
export interface Tunnel extends Wire {
  client: End;
  origin: End;
}

export interface Shape {
  /** What bytes to the destination pass; of a plain request, its body. */
  up?: ((wire: Wire) => Duplex) | undefined;
  /** What bytes to the client pass; of a plain answer, its body. */
  down?: ((wire: Wire) => Duplex) | undefined;
  /** A tunnel stands, or an upgraded connection. */
  tunnel?: (tunnel: Tunnel) => void;
  /** Waited for before the client hears an answer that is not the proxy's own. */
  answering?: () => Promise<void>;
  /** The next proxy, in place of the proxy's own way. */
  through?: Authority;
  /** Upgrade is not passed on: the destination hears a plain request. */
  withoutUpgrade?: true;
  /** Milliseconds that the destination of a plain request has for the head of its answer. */
  answerLimit?: number;
}

export const directions = ['both', 'up', 'down'] as const;
export type Direction = (typeof directions)[number];

/** The same stage in one direction or in both; each gets its own. */
export const inDirection = (direction: Direction, stage: (wire: Wire) => Duplex): Pick<Shape, 'up' | 'down'> => ({
  up: direction === 'down' ? undefined : stage,
  down: direction === 'up' ? undefined : stage,
});
