/** What is written down and counted about one end of a connection while its bytes pass. */
import type { Flow } from './flow.ts';
import { tapData } from './tap.ts';
import type { Tap } from './tap.ts';

export interface ConnectionInit {
  /** Joins both ends in the trace. */
  id: number;
  /** The story's addresses. The other one is known when the connection stands. */
  local: string;
  remote: string;
  /** `up` for the end that dialled. */
  sends: 'up' | 'down';
  /** The part that holds this end. */
  owner: string;
  /** The part that dialled, at the other end. */
  dialledBy?: string | undefined;
  tap: Tap;
  /** Bytes from this end to the other, and back; absent where the other end is not ours, so that none can be counted. */
  out?: Flow | undefined;
  in?: Flow | undefined;
  /** The other end is a program outside the lab: what it sends is written down here, where it arrives. */
  outside?: boolean;
}

export class Seam {
  readonly init: ConnectionInit;
  /** Nobody counts or keeps the bytes: they may pass elsewhere. */
  readonly bare: boolean;
  /** Our FIN or RST is written down, or never will be. */
  #finished = false;
  /** Cut once: whoever logs asks for it with every request. */
  #far = { of: '', address: '' };

  constructor(init: ConnectionInit) {
    this.init = init;
    this.bare = isBare(init);
  }

  get remoteAddress(): string {
    const { remote } = this.init;
    if (this.#far.of !== remote) this.#far = { of: remote, address: addressIn(remote) };
    return this.#far.address;
  }

  arrived(chunk: Buffer): void {
    const { in: back, outside, tap, id, sends } = this.init;
    back?.received(chunk.length);
    if (outside) tapData(tap, 'outside', id, opposite(sends), chunk);
  }

  finArrived(): void {
    const { in: back, outside, tap, id, sends } = this.init;
    back?.finished();
    if (outside) tap.pen.as('outside').write('tcp.fin', { conn: id, dir: opposite(sends) });
  }

  leaves(bytes: Buffer): void {
    const { out, tap, owner, id, sends } = this.init;
    tapData(tap, owner, id, sends, bytes);
    out?.sent(bytes.length);
  }

  /** Once, and not after RST. */
  finLeaves(): void {
    if (!this.#finished) this.#leaves('tcp.fin');
  }

  rstLeaves(): void {
    this.#leaves('tcp.rst');
  }

  /** Nothing is written down about its end. */
  hush(): void {
    this.#finished = true;
  }

  /** Whether nobody reads. */
  stall(stalled: boolean): void {
    const { in: back } = this.init;
    if (back) back.stalled = stalled;
  }

  #leaves(type: 'tcp.fin' | 'tcp.rst'): void {
    this.#finished = true;
    const { out, tap, owner, id, sends } = this.init;
    tap.pen.as(owner).write(type, { conn: id, dir: sends });
    out?.finSent();
  }
}

export const isBare = ({ out, tap }: ConnectionInit): boolean => !out && !tap.bytes;

const opposite = (sends: 'up' | 'down'): 'up' | 'down' => (sends === 'up' ? 'down' : 'up');

/** A v6 address stands in brackets. */
const addressIn = (remote: string): string =>
  remote.startsWith('[') ? remote.slice(1, remote.lastIndexOf(']')) : remote.slice(0, remote.lastIndexOf(':'));
