import { z } from 'zod';

import { dnsBehaviour } from '../behaviour.ts';
import { sayRecord } from '../record.ts';
import { dataOf, recordFields } from '../records.ts';

export const answer = dnsBehaviour({
  summary: 'Answers with records of its own, as a resolver does that hijacks names.',
  options: z.strictObject({ kind: z.literal('answer'), ...recordFields }),
  answer: ({ zone, question, reply }, records) => ({
    message: reply(zone.forged(question.name, question.qtype, records)),
  }),
  explain: (records) =>
    `answers with ${
      dataOf(records)
        .map((record) => `${record.type} ${sayRecord(record)}`)
        .join(', ') || 'no data'
    }`,
});
