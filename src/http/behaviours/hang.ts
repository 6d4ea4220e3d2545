import { z } from 'zod';

import { hostBehaviour } from '../behaviour.ts';

export const hang = hostBehaviour({
  summary: 'Takes the request and never answers.',
  options: z.strictObject({ kind: z.literal('hang') }),
  answer: () => 'silence',
  explain: () => 'never answers',
});
