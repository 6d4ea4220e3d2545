import { z } from 'zod';

import { proxyBehaviour } from '../behaviour.ts';
import { inDirection } from '../shape.ts';
import { passing } from '../stages.ts';

export const truncate = proxyBehaviour({
  summary: 'Ends the connection in the middle of what the destination sends.',
  options: z.strictObject({
    kind: z.literal('truncate'),
    after: z.int().nonnegative().default(1024).describe('bytes that still pass; of a plain answer, of its body'),
    how: z.enum(['fin', 'rst']).default('fin').describe('closes in order, or resets'),
    direction: z.enum(['down', 'up']).default('down').describe('down: to the client'),
  }),
  serve: (exchange, { after, how, direction }) =>
    exchange.forward(inDirection(direction, (wire) => passing(after, () => setImmediate(wire.cut, how)))),
  explain: ({ after, how }) => `${how === 'fin' ? 'closes' : 'resets'} after ${after} bytes`,
});
