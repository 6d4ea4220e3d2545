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
