import { expect, test } from 'vitest';

import { Activity } from '../src/activity.ts';
import { virtualClock } from '../src/clock.ts';

test('the clock stands still while somebody waits for quiet, and goes on afterwards', async () => {
  const activity = new Activity();
  using clock = virtualClock(0, activity);
  const rang: number[] = [];
  clock.after(8000, () => rang.push(clock.now()));
  for (let turn = 0; turn < 5; turn += 1) {
    await activity.settled();
    expect(clock.now()).toBe(0);
  }
  await clock.sleep(8000);
  expect(rang).toEqual([8000]);
});

test('a background timer runs when time passes it, in order, and never moves time by itself', async () => {
  const activity = new Activity();
  using clock = virtualClock(0, activity);
  const rang: string[] = [];
  const note = (name: string) => () => rang.push(`${name} ${clock.now()}`);
  clock.after(2000, note('idle'), { background: true });
  const callOff = clock.after(2500, note('called off'), { background: true });
  clock.after(9000, note('late'), { background: true });
  await activity.settled();
  expect([rang, clock.now()]).toEqual([[], 0]);
  callOff();
  clock.after(1000, note('limit'));
  await clock.sleep(3000);
  expect(rang).toEqual(['limit 1000', 'idle 2000']);
  await activity.settled();
  expect([rang.length, clock.now()]).toEqual([2, 3000]);
  await clock.sleep(6000);
  expect(rang.at(-1)).toBe('late 9000');
});
