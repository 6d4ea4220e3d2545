import { z } from 'zod';

import { duration } from '../../duration.ts';
import { proxyBehaviour } from '../behaviour.ts';
import { endings, limitIdleness, limitKeepAlive } from '../watch.ts';

export const idleTimeout = proxyBehaviour({
  summary: 'Ends tunnels and kept connections over which nothing has passed for a while.',
  options: z.strictObject({
    kind: z.literal('idle-timeout'),
    after: duration.default(270_000).describe('how long they may be idle'),
    how: z.enum(endings).default('fin').describe('forget: says nothing, and answers whoever sends again with RST'),
  }),
  async serve(exchange, { after, how }) {
    const { clock } = exchange.context;
    await exchange.forward({ tunnel: (tunnel) => limitIdleness(tunnel, { ms: after, how, clock }) });
    if (exchange.request.kind === 'forward') limitKeepAlive(exchange, { ms: after, how });
  },
  explain: ({ after, how }) =>
    `${{ fin: 'closes', rst: 'resets', forget: 'forgets', race: 'closes too late' }[how]} connections that are idle for ${after / 1000} s`,
});
