import { z } from 'zod';

import { duration, sayDuration } from '../../duration.ts';
import { hostBehaviour } from '../behaviour.ts';

export const slow = hostBehaviour({
  summary: 'Answers rightly, but late.',
  options: z.strictObject({ kind: z.literal('slow'), by: duration.describe('how late') }),
  answer: ({ healthy }, { by }) => ({ reply: healthy, after: by }),
  explain: ({ by }) => `answers ${sayDuration(by)} late`,
});
