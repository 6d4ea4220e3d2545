import { z } from 'zod';

import { hostBehaviour, withHeader } from '../behaviour.ts';

export const cutShort = hostBehaviour({
  summary: 'Promises more than it sends: FIN before the body is complete.',
  options: z.strictObject({
    kind: z.literal('cut-short'),
    bytes: z.int().nonnegative().optional().describe('how much of the body is sent; half of it unless given'),
  }),
  answer({ healthy }, { bytes = Math.floor(healthy.body.length / 2) }) {
    // An empty or shorter body would be complete, and nothing cut.
    const promised = Math.max(healthy.body.length, bytes + 1);
    const headers = withHeader(healthy.headers, 'Content-Length', String(promised));
    return { reply: { ...healthy, headers }, cutAfter: bytes };
  },
  explain: ({ bytes }) => `closes after ${bytes ?? 'half of the'} bytes of the body`,
});
