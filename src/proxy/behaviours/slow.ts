import { z } from 'zod';

import { duration } from '../../duration.ts';
import { proxyBehaviour } from '../behaviour.ts';
import { pause } from '../patience.ts';

export const slow = proxyBehaviour({
  summary: 'Lets every request wait before anything happens to it.',
  options: z.strictObject({
    kind: z.literal('slow'),
    delay: duration.default(10_000).describe('how long it waits'),
  }),
  async serve(exchange, { delay }) {
    if (await pause(exchange, delay)) await exchange.forward();
  },
  explain: ({ delay }) => `waits ${delay / 1000} s before it does anything`,
});
