/**
 * Limits of one run of a script, and the only stopwatch of this room.
 *
 * Lab time is handed in and may stand still; a hostile script burns real time. So the limit on running time is measured
 * with `performance.now()`, here and nowhere else in `src/pac/`.
 */
export interface Limits {
  /** Milliseconds of computing one request may cost, all restarts together; waiting for DNS is not counted. */
  readonly time: number;
  /** Bytes the script's heap may grow to. */
  readonly memory: number;
  /** Bytes of engine stack; 256 KiB are about 1 400 plain JavaScript frames. */
  readonly stack: number;
}

export const defaultLimits: Limits = { time: 1000, memory: 64 * 1024 * 1024, stack: 256 * 1024 };

export type LimitName = 'TimeLimit' | 'MemoryLimit' | 'StackLimit';

/** The sentence a user reads when a limit ended a script. */
export function limitMessage(name: LimitName, limits: Limits): string {
  if (name === 'TimeLimit') return `the script ran longer than ${limits.time} ms`;
  if (name === 'MemoryLimit') return `the script used more than ${Math.round(limits.memory / 1024 / 1024)} MiB`;
  return 'the script called itself too deeply';
}

/** Computing time that is left; several runs of one request draw on the same budget. */
export class Budget {
  #left: number;
  #started = 0;
  #running = false;

  constructor(ms: number) {
    this.#left = ms;
  }

  start(): void {
    this.#started = performance.now();
    this.#running = true;
  }

  stop(): void {
    if (this.#running) this.#left -= performance.now() - this.#started;
    this.#running = false;
  }

  /** Milliseconds left. */
  get left(): number {
    return this.#left;
  }

  get spent(): boolean {
    return (this.#running ? performance.now() - this.#started : 0) > this.#left;
  }
}

/** The machine's own time in milliseconds since 1970, for callers that hand in none. */
export const machineTime = (): number => performance.timeOrigin + performance.now();
