import { z } from 'zod';

import { duration, sayDuration } from '../../duration.ts';
import { dnsBehaviour } from '../behaviour.ts';

export const slow = dnsBehaviour({
  summary: 'Answers rightly, but late.',
  options: z.strictObject({ kind: z.literal('slow'), by: duration.describe('how late') }),
  answer: ({ healthy }, { by }) => ({ message: healthy(), after: by }),
  explain: ({ by }) => `answers ${sayDuration(by)} late`,
});
