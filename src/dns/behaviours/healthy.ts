import { z } from 'zod';

import { dnsBehaviour } from '../behaviour.ts';

export const healthy = dnsBehaviour({
  summary: 'Answers from the records: an exception among rules, or the end of a misbehaviour.',
  options: z.strictObject({ kind: z.literal('healthy') }),
  answer: ({ healthy: message }) => ({ message: message() }),
  explain: () => 'answers from the records',
});
