import { z } from 'zod';

import { hostBehaviour } from '../behaviour.ts';

export const drip = hostBehaviour({
  summary: 'Sends the head at once and the body drop by drop.',
  options: z.strictObject({
    kind: z.literal('drip'),
    bytesPerSecond: z.number().positive().default(1).describe('of the body, in lab time'),
  }),
  answer: ({ healthy }, { bytesPerSecond }) => ({ reply: healthy, bytesPerSecond }),
  explain: ({ bytesPerSecond }) => `sends ${bytesPerSecond} bytes of the body a second`,
});
