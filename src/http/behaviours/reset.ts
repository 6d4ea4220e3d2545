import { z } from 'zod';

import { hostBehaviour } from '../behaviour.ts';

export const reset = hostBehaviour({
  summary: 'Takes the request and resets the connection.',
  options: z.strictObject({ kind: z.literal('reset') }),
  answer: () => 'reset',
  explain: () => 'resets the connection',
});
