import { z } from 'zod';

import { dnsBehaviour } from '../behaviour.ts';

export const nodata = dnsBehaviour({
  summary: 'Says that the name exists, but has nothing of the type asked for.',
  options: z.strictObject({ kind: z.literal('nodata') }),
  answer: ({ zone, question, reply }) => ({ message: reply(zone.nodata(question.name)) }),
  explain: () => 'answers NOERROR without data',
});
