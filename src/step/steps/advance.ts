import { duration, sayDuration } from '../../duration.ts';
import { step } from '../step.ts';

export const advanceStep = step({
  verb: 'advance',
  summary: 'Lets lab time pass; everything that falls due on the way happens.',
  options: duration,
  says: (ms) => `${sayDuration(ms)} pass`,
  run: (ms, stage) => stage.clock.sleep(ms),
});
