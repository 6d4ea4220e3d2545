import { z } from 'zod';

import { hostBehaviour } from '../behaviour.ts';

export const close = hostBehaviour({
  summary: 'Takes the request and closes without an answer.',
  options: z.strictObject({ kind: z.literal('close') }),
  answer: () => 'close',
  explain: () => 'closes without an answer',
});
