/** A socket as the story knows it: which connection it is an end of, and what its ends are called. */
import { Socket } from 'node:net';

import { Seam } from './seam.ts';
import type { ConnectionInit } from './seam.ts';

/** What node:net keeps of the kernel's socket. */
export interface Handle {
  reading: boolean;
  readStop: () => void;
  /** Writes where the other end is; an error number when that cannot be said. */
  getpeername: (into: { address?: string; port?: number }) => number;
  useUserBuffer: (buffer: Buffer) => void;
  _consumed?: boolean;
}

export abstract class Named extends Socket {
  /** Of the other end, as the story has it. */
  declare readonly remoteAddress: string;
  protected readonly seam: Seam;

  /** `options` are those of node:net, and those that are missing from its types. */
  protected constructor(options: object, init: ConnectionInit) {
    super(options);
    this.seam = new Seam(init);
  }

  get id(): number {
    return this.seam.init.id;
  }

  /** `ip:port` of this end and of the other, as the story has them. */
  get local(): string {
    return this.seam.init.local;
  }

  get remote(): string {
    return this.seam.init.remote;
  }

  /** The part that dialled, where this end listened: what only the machine of the other end could know. */
  get dialledBy(): string | undefined {
    return this.seam.init.dialledBy;
  }

  /**
   * Whether the secrets of TLS on top shall be written down at this end: bytes are kept, and no other end does it. Of
   * two ends in the lab it is the one that dialled.
   */
  get keepsKeys(): boolean {
    const { tap, sends, outside } = this.seam.init;
    return tap.bytes && (sends === 'up' || outside === true);
  }

  /** Whether a program outside the lab is at the other end. */
  get fromOutside(): boolean {
    return this.seam.init.outside === true;
  }
}

// The types have it as a property, which an accessor may not override; it is an accessor.
Object.defineProperty(Named.prototype, 'remoteAddress', {
  get(this: Named) {
    return this.seam.remoteAddress;
  },
});
