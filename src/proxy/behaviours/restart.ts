import { z } from 'zod';

import { duration } from '../../duration.ts';
import { proxyBehaviour } from '../behaviour.ts';

export const restart = proxyBehaviour({
  summary: 'Ends all connections, refuses new ones for a while, then serves again.',
  options: z.strictObject({
    kind: z.literal('restart'),
    at: duration.optional().describe('at this lab time; with the request when absent'),
    down: duration.default(5000).describe('how long it refuses connections'),
    how: z.enum(['fin', 'rst']).default('rst').describe('closes what stands in order, or resets'),
  }),
  begin: (context, { at, down, how }) =>
    at === undefined
      ? () => undefined
      : context.clock.after(at - context.clock.now(), () => void context.restart(down, how), { background: true }),
  concerns: (_exchange, { at }) => at === undefined,
  serve: ({ context }, { down, how }) => context.restart(down, how),
  explain: ({ down }) => `ends all connections and refuses new ones for ${down / 1000} s`,
});
