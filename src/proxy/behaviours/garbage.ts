import { z } from 'zod';

import { proxyBehaviour } from '../behaviour.ts';

export const garbage = proxyBehaviour({
  summary: 'Answers with something that is not HTTP, then closes.',
  options: z.strictObject({
    kind: z.literal('garbage'),
    text: z.string().default('\u0000\u0001 this is not HTTP\r\n').describe('what it sends, as it is'),
  }),
  serve({ leg }, { text }) {
    leg.stream.end(text);
    leg.stream.resume();
    return Promise.resolve();
  },
  explain: () => 'answers with something that is not HTTP',
});
