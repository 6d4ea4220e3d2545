import { z } from 'zod';

import { dnsBehaviour } from '../behaviour.ts';

export const nxdomain = dnsBehaviour({
  summary: 'Says that the name does not exist, whatever the records say.',
  options: z.strictObject({ kind: z.literal('nxdomain') }),
  answer: ({ zone, question, reply }) => ({ message: reply(zone.nxdomain(question.name)) }),
  explain: () => 'answers NXDOMAIN',
});
