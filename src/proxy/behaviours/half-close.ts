import { z } from 'zod';

import { proxyBehaviour } from '../behaviour.ts';

export const halfClose = proxyBehaviour({
  summary: 'Takes the FIN of one side for the end of both: what the other side still sends is lost.',
  options: z.strictObject({
    kind: z.literal('half-close'),
    from: z.enum(['client', 'origin', 'both']).default('client').describe('whose FIN ends the tunnel'),
  }),
  concerns: ({ request: { kind } }) => kind !== 'forward',
  serve: (exchange, { from }) =>
    exchange.forward({
      tunnel(tunnel) {
        const ends = from === 'both' ? (['client', 'origin'] as const) : [from];
        for (const end of ends) tunnel[end].stream.once('end', () => tunnel.cut('fin'));
      },
    }),
  explain: ({ from }) => `ends the whole tunnel when ${from === 'both' ? 'either side' : `the ${from}`} says FIN`,
});
