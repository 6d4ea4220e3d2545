import { z } from 'zod';

import { duration } from '../../duration.ts';
import { proxyBehaviour } from '../behaviour.ts';
import { pause } from '../patience.ts';
import { directions, inDirection } from '../shape.ts';
import { delayed } from '../stages.ts';

export const latency = proxyBehaviour({
  summary: 'Everything takes longer to arrive, however much it is.',
  options: z.strictObject({
    kind: z.literal('latency'),
    delay: duration.default(2000).describe('what is added in each direction'),
    direction: z.enum(directions).default('both').describe('up: to the destination'),
  }),
  async serve(exchange, { delay, direction }) {
    const { clock } = exchange.context;
    if (direction !== 'down' && !(await pause(exchange, delay))) return;
    const late = inDirection(direction, () => delayed(delay, clock));
    await exchange.forward({
      // A plain request has waited already, with its body.
      ...(exchange.request.kind === 'forward' ? { down: late.down } : late),
      answering: () => (direction === 'up' ? Promise.resolve() : clock.sleep(delay)),
    });
  },
  explain: ({ delay, direction }) => `adds ${delay} ms ${direction === 'both' ? 'in each direction' : direction}`,
});
