import { z } from 'zod';

import { proxyBehaviour } from '../behaviour.ts';
import { directions, inDirection } from '../shape.ts';
import { passing } from '../stages.ts';

export const silentDrop = proxyBehaviour({
  summary: 'Opens tunnels through which nothing passes any more, and tells neither side.',
  options: z.strictObject({
    kind: z.literal('silent-drop'),
    after: z
      .int()
      .nonnegative()
      .default(0)
      .describe('bytes that still pass; counted in each direction, and the first that has them ends both'),
    direction: z.enum(directions).default('both').describe('up: to the destination'),
  }),
  serve: (exchange, { after, direction }) =>
    exchange.forward({
      ...inDirection(direction, (wire) =>
        passing(after, () => {
          if (direction === 'both') setImmediate(wire.silence);
        }),
      ),
      tunnel(tunnel) {
        if (after === 0 && direction === 'both') tunnel.silence();
      },
    }),
  explain: ({ after }) => `lets nothing pass${after === 0 ? '' : ` after ${after} bytes`}, and keeps the connections`,
});
