/** Stages between two streams, on the lab's clock. A stage that reads slowly makes its writer slow: backpressure. */
import { Transform } from 'node:stream';
import type { TransformCallback } from 'node:stream';

import type { Clock } from '../clock.ts';

/** Slices of a tenth of a second: fine enough for a steady stream, coarse enough for the clock. */
const slicesPerSecond = 10;

/** Bytes per second. The moment of each slice follows from the one before, so that errors do not add up. */
export function throttled(rate: number, clock: Clock): Transform {
  const size = Math.max(1, Math.floor(rate / slicesPerSecond));
  let free = 0;
  return timed(clock, (chunk, { push, after }, done) => {
    const next = (from: number): void => {
      if (from >= chunk.length) return done();
      const slice = chunk.subarray(from, from + size);
      free = Math.max(clock.now(), free) + (slice.length * 1000) / rate;
      // Whole milliseconds; the remainder counts for the next slice.
      after(Math.ceil(free - clock.now()), () => {
        push(slice);
        next(from + size);
      });
    };
    next(0);
  });
}

/** As much as may be under way on a delayed line; what comes beyond waits at its sender. */
const delayedBytes = 4 * 1024 * 1024;

/** Each chunk arrives `ms` later; how many are under way at once does not change that. */
export function delayed(ms: number, clock: Clock): Transform {
  let waiting = 0;
  let blocked: TransformCallback | undefined;
  return timed(
    clock,
    (chunk, { push, after }, done) => {
      waiting += chunk.length;
      after(ms, () => {
        waiting -= chunk.length;
        push(chunk);
        blocked?.();
        blocked = undefined;
      });
      if (waiting < delayedBytes) done();
      else blocked = done;
    },
    // FIN comes as late as the bytes before it, and after them.
    ({ after }, done) => after(ms, done),
  );
}

/** Passes so many bytes, then calls `spent` once and swallows the rest, and the end. */
export function passing(bytes: number, spent: () => void): Transform {
  let left = bytes;
  let told = false;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const before = left;
      left -= chunk.length;
      if (before <= 0) done();
      else done(null, chunk.subarray(0, before));
      if (left <= 0 && !told) spent();
      told ||= left <= 0;
    },
    flush(done) {
      if (left > 0) done();
    },
  });
}

/**
 * Swallows the first write above a size, and everything after it: TCP delivers in order, and the large segment is sent
 * again and again.
 */
export function smallOnly(size: number): Transform {
  let stuck = false;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      stuck ||= chunk.length > size;
      if (stuck) done();
      else done(null, chunk);
    },
    flush(done) {
      if (!stuck) done();
    },
  });
}

interface Timing {
  push: (chunk: Buffer) => void;
  /** Runs a task later, unless the stage is destroyed before. */
  after: (ms: number, task: () => void) => void;
}

function timed(
  clock: Clock,
  pass: (chunk: Buffer, timing: Timing, done: TransformCallback) => void,
  flush: (timing: Timing, done: TransformCallback) => void = (_timing, done) => done(),
): Transform {
  const pending = new Set<() => void>();
  const timing: Timing = {
    push: (chunk) => void stage.push(chunk),
    after(ms, task) {
      const callOff = clock.after(ms, () => {
        pending.delete(callOff);
        task();
      });
      pending.add(callOff);
    },
  };
  const stage: Transform = new Transform({
    transform: (chunk: Buffer, _encoding, done) => pass(chunk, timing, done),
    flush: (done) => flush(timing, done),
    destroy(error, done) {
      for (const callOff of pending) callOff();
      done(error);
    },
  });
  return stage;
}
