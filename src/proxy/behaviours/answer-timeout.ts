import { z } from 'zod';

import { duration } from '../../duration.ts';
import { proxyBehaviour } from '../behaviour.ts';

export const answerTimeout = proxyBehaviour({
  summary: 'Waits for the answer to a plain request for a while only, then answers 504.',
  options: z.strictObject({
    kind: z.literal('answer-timeout'),
    after: duration.default(120_000).describe('how long the destination has for the head of its answer'),
  }),
  concerns: ({ request: { kind } }) => kind === 'forward',
  serve: (exchange, { after }) => exchange.forward({ answerLimit: after }),
  explain: ({ after }) => `answers 504 when the destination says nothing for ${after / 1000} s`,
});
