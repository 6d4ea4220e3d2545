import { z } from 'zod';

import { dnsBehaviour } from '../behaviour.ts';

export const wrongId = dnsBehaviour({
  summary: 'Answers rightly, but under another transaction id, as a blind spoofer does; clients must ignore it.',
  options: z.strictObject({ kind: z.literal('wrong-id') }),
  answer: ({ healthy }) => {
    const message = healthy();
    return { message: { ...message, id: message.id ^ 0xffff } };
  },
  explain: () => 'answers under a wrong id',
});
