import { afterEach, describe, expect, it, vi } from 'vitest';
import { Budget } from '../../src/pac/limits.ts';

afterEach(() => vi.restoreAllMocks());

/** A machine on which nothing moves but what the test moves, in milliseconds. */
function machine(): { wall: number; computed: number } {
  const times = { wall: 5_000, computed: 700 };
  const usage = (): NodeJS.CpuUsage => ({ user: times.computed * 1000, system: 0 });
  vi.spyOn(process, 'hrtime').mockImplementation(() => [0, times.wall * 1_000_000]);
  vi.spyOn(process, 'cpuUsage').mockImplementation(usage);
  if ('threadCpuUsage' in process) vi.spyOn(process, 'threadCpuUsage' as 'cpuUsage').mockImplementation(usage);
  return times;
}

describe('the time of a script', () => {
  it('is what it computes, not what passes on a busy machine: in one run', () => {
    const times = machine();
    const budget = new Budget(100);
    budget.start();
    expect(budget.check()).toBe(false);
    times.wall += 60_000;
    expect(budget.check()).toBe(false);
    times.computed += 101;
    expect(budget.check()).toBe(true);
    expect(budget.spent).toBe(true);
  });

  it('is what it computes, in many short runs as well', () => {
    const times = machine();
    const budget = new Budget(100);
    for (let run = 0; run < 9; run++) {
      budget.start();
      expect(budget.check(), `run ${run}`).toBe(false);
      times.wall += 5_000;
      times.computed += 10;
      budget.stop();
      times.computed += 500; // of somebody else, between the runs
    }
    budget.start();
    expect(budget.check()).toBe(false);
    times.computed += 1;
    expect(budget.check()).toBe(true);
  });

  it('never ends before the time that was given has passed, however many threads compute', () => {
    const times = machine();
    const budget = new Budget(100);
    budget.start();
    budget.check();
    times.wall += 50;
    times.computed += 400;
    expect(budget.check()).toBe(false);
  });

  it('is over after so many looks of the engine, where that is what was asked for', () => {
    machine();
    const budget = new Budget(100, 3);
    budget.start();
    expect([budget.check(), budget.check(), budget.check()]).toEqual([false, false, true]);
  });
});
