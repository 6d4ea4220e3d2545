import { z } from 'zod';

import { dnsBehaviour } from '../behaviour.ts';

export const garbage = dnsBehaviour({
  summary: 'Answers under the right id with bytes that are no DNS message.',
  options: z.strictObject({ kind: z.literal('garbage') }),
  answer: ({ query }) => {
    // A header that promises an answer, and a label longer than what follows.
    const bytes = Buffer.from('0000818000010001000000003f676172626167', 'hex');
    bytes.writeUInt16BE(query.id, 0);
    return { bytes };
  },
  explain: () => 'answers with garbage',
});
