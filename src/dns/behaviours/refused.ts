import { z } from 'zod';

import { dnsBehaviour } from '../behaviour.ts';
import { replyTo } from '../message.ts';

export const refused = dnsBehaviour({
  summary: 'Answers REFUSED, as a server does that will not serve this client.',
  options: z.strictObject({ kind: z.literal('refused') }),
  answer: ({ query }) => ({ message: replyTo(query, { rcode: 'REFUSED', authoritative: false }) }),
  explain: () => 'answers REFUSED',
});
