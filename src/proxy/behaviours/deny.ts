import { z } from 'zod';

import { errorAnswer } from '../answer.ts';
import { proxyBehaviour } from '../behaviour.ts';

export const deny = proxyBehaviour({
  summary: 'Answers 403 with a Proxy-Status that says the policy forbids it.',
  options: z.strictObject({ kind: z.literal('deny') }),
  serve: ({ answer, context }) =>
    answer(errorAnswer(context.pseudonym, 403, 'http_request_denied', 'the policy of this proxy forbids it')),
  explain: () => 'answers 403',
});
