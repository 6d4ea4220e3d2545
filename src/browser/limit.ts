/** A limit in wall time on everything that a browser is waited for. */
import { wallDeadline } from '../clock.ts';
import { LabError } from '../failure.ts';

/** Throws LabError when `work` takes longer than `ms`; what it does then is nobody's concern. */
export async function within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  return new Promise<T>((resolve, reject) => {
    const deadline = wallDeadline(ms, () => reject(new LabError(`${what} took longer than ${ms / 1000} s`)));
    work.then(resolve, reject).finally(() => deadline[Symbol.dispose]());
  });
}

export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    wallDeadline(ms, resolve);
  });
