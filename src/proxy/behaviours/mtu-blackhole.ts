import { z } from 'zod';

import { proxyBehaviour } from '../behaviour.ts';
import { directions, inDirection } from '../shape.ts';
import { smallOnly } from '../stages.ts';

export const mtuBlackhole = proxyBehaviour({
  summary: 'Loses what does not fit into a smaller packet, and with it all that follows: path MTU discovery is broken.',
  options: z.strictObject({
    kind: z.literal('mtu-blackhole'),
    size: z.int().positive().default(1300).describe('the largest write that passes, in bytes'),
    direction: z.enum(directions).default('both').describe('up: to the destination'),
  }),
  serve: (exchange, { size, direction }) => exchange.forward(inDirection(direction, () => smallOnly(size))),
  explain: ({ size }) => `loses everything from the first write above ${size} bytes on`,
});
