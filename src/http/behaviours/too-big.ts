import { z } from 'zod';

import { hostBehaviour } from '../behaviour.ts';

export const tooBig = hostBehaviour({
  summary: 'Fills the body up with spaces until it is larger than clients take.',
  options: z.strictObject({
    kind: z.literal('too-big'),
    bytes: z
      .int()
      .positive()
      .max(64_000_000)
      .default(1_048_577)
      .describe('size of the body; 1 MB and one byte unless given'),
  }),
  answer: ({ healthy }, { bytes }) => ({
    reply: {
      ...healthy,
      body: Buffer.concat([healthy.body, Buffer.alloc(Math.max(0, bytes - healthy.body.length), ' ')]),
    },
  }),
  explain: ({ bytes }) => `sends a body of ${bytes} bytes`,
});
