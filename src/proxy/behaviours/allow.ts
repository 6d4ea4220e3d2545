import { z } from 'zod';

import { proxyBehaviour } from '../behaviour.ts';

export const allow = proxyBehaviour({
  summary: 'Does what a healthy proxy does: forwards requests, opens tunnels.',
  options: z.strictObject({ kind: z.literal('allow') }),
  serve: (exchange) => exchange.forward(),
  explain: () => 'forwards everything',
});
