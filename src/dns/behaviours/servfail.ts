import { z } from 'zod';

import { dnsBehaviour } from '../behaviour.ts';
import { replyTo } from '../message.ts';

export const servfail = dnsBehaviour({
  summary: 'Answers SERVFAIL, as a resolver does whose upstream is broken.',
  options: z.strictObject({ kind: z.literal('servfail') }),
  answer: ({ query }) => ({ message: replyTo(query, { rcode: 'SERVFAIL', authoritative: false }) }),
  explain: () => 'answers SERVFAIL',
});
