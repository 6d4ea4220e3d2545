import { z } from 'zod';

import { proxyBehaviour } from '../behaviour.ts';
import { directions, inDirection } from '../shape.ts';
import { throttled } from '../stages.ts';

export const throttle = proxyBehaviour({
  summary: 'Passes so many bytes per second and no more.',
  options: z.strictObject({
    kind: z.literal('throttle'),
    rate: z.int().positive().default(1024).describe('bytes per second of lab time, in each direction'),
    direction: z.enum(directions).default('both').describe('up: to the destination'),
  }),
  serve: (exchange, { rate, direction }) =>
    exchange.forward(inDirection(direction, () => throttled(rate, exchange.context.clock))),
  explain: ({ rate, direction }) => `passes ${rate} bytes per second${direction === 'both' ? '' : ` ${direction}`}`,
});
