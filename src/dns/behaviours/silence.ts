import { z } from 'zod';

import { dnsBehaviour } from '../behaviour.ts';

export const silence = dnsBehaviour({
  summary: 'Hears the question and never answers.',
  options: z.strictObject({ kind: z.literal('silence') }),
  answer: () => 'silence',
  explain: () => 'never answers',
});
