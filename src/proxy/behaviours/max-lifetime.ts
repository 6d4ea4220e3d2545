import { z } from 'zod';

import { duration } from '../../duration.ts';
import { proxyBehaviour } from '../behaviour.ts';
import { endTunnel, endings } from '../watch.ts';

export const maxLifetime = proxyBehaviour({
  summary: 'Ends tunnels at a certain age, busy or not.',
  options: z.strictObject({
    kind: z.literal('max-lifetime'),
    after: duration.default(86_400_000).describe('the age'),
    how: z.enum(endings).default('fin').describe('forget: says nothing, and answers whoever sends again with RST'),
  }),
  concerns: ({ request: { kind } }) => kind !== 'forward',
  serve: (exchange, { after, how }) =>
    exchange.forward({
      tunnel(tunnel) {
        const callOff = exchange.context.clock.after(after, () => endTunnel(tunnel, how), { background: true });
        for (const { stream } of [tunnel.client, tunnel.origin]) stream.once('close', callOff);
      },
    }),
  explain: ({ after, how }) =>
    `${{ fin: 'closes', rst: 'resets', forget: 'forgets', race: 'closes too late' }[how]} tunnels after ${after / 1000} s`,
});
