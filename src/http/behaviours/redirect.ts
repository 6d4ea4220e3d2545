import { z } from 'zod';

import { hostBehaviour } from '../behaviour.ts';

export const redirect = hostBehaviour({
  summary: 'Sends the client somewhere else.',
  options: z.strictObject({
    kind: z.literal('redirect'),
    to: z.string().min(1).describe('the Location'),
    status: z.literal([301, 302, 303, 307, 308]).default(302),
  }),
  answer: (_context, { to, status }) => ({ reply: { status, headers: [['Location', to]], body: Buffer.alloc(0) } }),
  explain: ({ to, status }) => `redirects to ${to} with ${status}`,
});
