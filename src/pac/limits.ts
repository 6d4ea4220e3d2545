/**
 * Limits of one run of a script, and the only stopwatch of this room.
 *
 * Lab time is handed in and may stand still; a hostile script burns real time. So the limit on running time is measured
 * with a stopwatch, here and nowhere else in `src/pac/`. (That of `performance` would have to be loaded first.)
 */
export interface Limits {
  /** Milliseconds of computing one request may cost, all restarts together; waiting for DNS is not counted. */
  readonly time: number;
  /**
   * Checks of the engine, one in some 10 000 steps of the script, after which it is stopped whatever the time: for
   * callers whose result must not depend on how busy the machine is. None unless given.
   */
  readonly checks?: number;
  /** Bytes the script's heap may grow to. */
  readonly memory: number;
  /** Bytes of engine stack; 256 KiB are about 1 400 plain JavaScript frames. */
  readonly stack: number;
}

export const defaultLimits: Limits = { time: 1000, memory: 64 * 1024 * 1024, stack: 256 * 1024 };

export type LimitName = 'TimeLimit' | 'MemoryLimit' | 'StackLimit';

/** The sentence a user reads when a limit ended a script. */
export function limitMessage(name: LimitName, limits: Limits): string {
  if (name === 'TimeLimit' && limits.checks !== undefined) return 'the script did not come to an end';
  if (name === 'TimeLimit') return `the script ran longer than ${limits.time} ms`;
  if (name === 'MemoryLimit') return `the script used more than ${Math.round(limits.memory / 1024 / 1024)} MiB`;
  return 'the script called itself too deeply';
}

/**
 * Computing time that is left; several runs of one request draw on the same budget.
 *
 * On a busy machine wall time passes without this process doing anything, so the limit is reached only when the processor
 * has also worked for so long. Its time is first read when the engine first asks, which short scripts never do, and from
 * then on it is added up run by run, as the wall time is: many short runs on a busy machine cost what they compute.
 */
export class Budget {
  readonly #time: number;
  #left: number;
  #checks: number;
  #started = 0;
  /** Processor time of earlier runs, and where that of this run began; null until the engine has first asked. */
  #computed = 0;
  #computedBefore: number | null = null;
  #running = false;
  #over = false;

  constructor(ms: number, checks = Infinity) {
    this.#time = ms;
    this.#left = ms;
    this.#checks = checks;
  }

  /** Starts the stopwatch, or lets it run on. */
  start(): void {
    if (this.#running) return;
    this.#started = wallTime();
    if (this.#computedBefore !== null) this.#computedBefore = computedTime();
    this.#running = true;
  }

  stop(): void {
    if (!this.#running) return;
    this.#left -= wallTime() - this.#started;
    if (this.#computedBefore !== null) this.#computed += computedTime() - this.#computedBefore;
    this.#running = false;
  }

  /** Counts a check of the engine; whether the script is to be stopped. */
  check(): boolean {
    this.#checks -= 1;
    this.#over ||= this.#checks <= 0 || this.#timeIsOver();
    return this.#over;
  }

  /** Milliseconds left, by the clock on the wall. */
  get left(): number {
    return this.#left;
  }

  /** True once a check has found the budget used up. */
  get spent(): boolean {
    return this.#over;
  }

  #timeIsOver(): boolean {
    this.#computedBefore ??= computedTime();
    if (wallTime() - this.#started <= this.#left) return false;
    return this.#computed + computedTime() - this.#computedBefore > this.#time * 0.9;
  }
}

/** Milliseconds of processor time of this thread, or of the process where Node (before 23.9) cannot tell threads apart. */
function computedTime(): number {
  const { user, system } = usage.threadCpuUsage?.() ?? usage.cpuUsage();
  return (user + system) / 1000;
}

const usage: Pick<NodeJS.Process, 'cpuUsage'> & { threadCpuUsage?: () => NodeJS.CpuUsage } = process;

/** Milliseconds since some moment: for how often to look, never for what a script is told. */
export function wallTime(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1_000_000;
}

/** The machine's own time in milliseconds since 1970, for callers that hand in none. */
export const machineTime = (): number => Date.now();
