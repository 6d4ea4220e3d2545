/**
 * Time of the lab. The only file that knows the machine's clock and timers.
 *
 * `virtual`: sleepers wait in a queue. When nothing is in flight ({@link Activity}), the clock jumps to the earliest
 * sleeper, wakes that one alone, and waits for quiet again; so a story of hours takes milliseconds, and always
 * happens in the same order. `real`: the machine's own clock, for real clients.
 */
import type { Activity } from './activity.ts';

export interface Clock extends Disposable {
  readonly kind: 'virtual' | 'real';
  /** Milliseconds since the lab started. */
  now(): number;
  /** Wall-clock time of the pretend world, in milliseconds since 1970. */
  date(): number;
  /** Waits for lab time; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Runs `task` after lab time; the returned function calls it off. */
  after(ms: number, task: () => void, options?: AfterOptions): () => void;
}

export interface AfterOptions {
  /**
   * It runs when time passes its moment, and never makes time move: for limits of parts that wait for somebody else,
   * such as an idle connection, while nobody may be waiting.
   */
  background?: boolean;
}

interface Sleeper {
  at: number;
  order: number;
  background: boolean;
  wake: () => void;
}

export function virtualClock(start: number, activity: Activity): Clock {
  let now = 0;
  let order = 0;
  let running = false;
  const sleepers: Sleeper[] = [];

  const drive = async (): Promise<void> => {
    if (running) return;
    running = true;
    while (sleepers.some(({ background }) => !background)) {
      await activity.idle();
      const next = sleepers.some(({ background }) => !background) && earliest(sleepers);
      if (!next) break;
      sleepers.splice(sleepers.indexOf(next), 1);
      now = Math.max(now, next.at);
      activity.touch();
      next.wake();
    }
    running = false;
  };

  const enqueue = (ms: number, wake: () => void, { background = false }: AfterOptions = {}): (() => void) => {
    const sleeper = { at: now + Math.max(0, ms), order: order++, background, wake };
    sleepers.push(sleeper);
    if (!background) void drive();
    return () => {
      const index = sleepers.indexOf(sleeper);
      if (index >= 0) sleepers.splice(index, 1);
    };
  };

  return {
    kind: 'virtual',
    now: () => now,
    date: () => start + now,
    sleep: (ms, signal) => sleeping((wake) => enqueue(ms, wake), signal),
    after: enqueue,
    [Symbol.dispose]() {
      sleepers.length = 0;
    },
  };
}

export function realClock(start: number = Date.now()): Clock {
  const zero = performance.now();
  const timers = new Set<NodeJS.Timeout>();
  const now = (): number => Math.round(performance.now() - zero);
  const after = (ms: number, task: () => void): (() => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      task();
    }, ms);
    timers.add(timer);
    return () => {
      timers.delete(timer);
      clearTimeout(timer);
    };
  };
  return {
    kind: 'real',
    now,
    date: () => start + now(),
    sleep: (ms, signal) => sleeping((wake) => after(ms, wake), signal),
    after,
    [Symbol.dispose]() {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}

/** The machine's own stopwatch in milliseconds, for wall times in reports and wall-clock limits. */
export const wallClock = (): number => performance.now();

/** A limit in wall time, for what must end even when the lab's clock stands still. */
export function wallDeadline(ms: number, task: () => void): Disposable {
  const timer = setTimeout(task, ms);
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}

function earliest(sleepers: readonly Sleeper[]): Sleeper | undefined {
  let best: Sleeper | undefined;
  for (const sleeper of sleepers) {
    if (!best || sleeper.at < best.at || (sleeper.at === best.at && sleeper.order < best.order)) best = sleeper;
  }
  return best;
}

function sleeping(enqueue: (wake: () => void) => () => void, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const cancel = enqueue(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    });
    const abort = (): void => {
      cancel();
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', abort, { once: true });
  });
}

/** The same time, read from a clock that is so many milliseconds ahead; behind when negative. */
export const skewed = (clock: Clock, ahead: number): Clock => ({ ...clock, date: () => clock.date() + ahead });
