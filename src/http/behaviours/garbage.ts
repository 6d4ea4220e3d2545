import { z } from 'zod';

import { hostBehaviour } from '../behaviour.ts';

export const garbage = hostBehaviour({
  summary: 'Answers with something that is no HTTP, and closes.',
  options: z.strictObject({
    kind: z.literal('garbage'),
    text: z.string().min(1).default('220 mail.corp.example ESMTP\r\n'),
  }),
  answer: (_context, { text }) => ({ bytes: Buffer.from(text) }),
  explain: () => 'answers with something that is no HTTP',
});
