import { z } from 'zod';

import { hostBehaviour, withHeader } from '../behaviour.ts';

export const wrongType = hostBehaviour({
  summary: 'Sends the right body under another Content-Type.',
  options: z.strictObject({ kind: z.literal('wrong-type'), type: z.string().default('text/plain') }),
  answer: ({ healthy }, { type }) => ({
    reply: { ...healthy, headers: withHeader(healthy.headers, 'Content-Type', type) },
  }),
  explain: ({ type }) => `calls its body ${type}`,
});
