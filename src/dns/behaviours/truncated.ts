import { z } from 'zod';

import { dnsBehaviour } from '../behaviour.ts';

export const truncated = dnsBehaviour({
  summary: 'Over UDP, sets TC and leaves the answer out; over TCP, answers in full.',
  options: z.strictObject({ kind: z.literal('truncated') }),
  answer: ({ transport, healthy }) => {
    const message = healthy();
    return {
      message: transport === 'tcp' ? message : { ...message, truncated: true, answers: [], authority: [] },
    };
  },
  explain: () => 'truncates over UDP, so that the client must ask again over TCP',
});
