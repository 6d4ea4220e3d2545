import { z } from 'zod';

import { hostBehaviour } from '../behaviour.ts';

export const otherContent = hostBehaviour({
  summary: 'Answers with another content than the resource’s: a variant for some clients, an old copy for one name.',
  options: z.strictObject({
    kind: z.literal('other-content'),
    body: z.string().default('').describe('empty unless given'),
  }),
  answer: ({ healthy }, { body }) => ({ reply: { ...healthy, body: Buffer.from(body) } }),
  explain: ({ body }) => `answers with another content (${Buffer.byteLength(body)} bytes)`,
});
