import { z } from 'zod';

import { hostBehaviour } from '../behaviour.ts';

export const status = hostBehaviour({
  summary: 'Answers with a status of its own.',
  options: z.strictObject({
    kind: z.literal('status'),
    status: z.int().min(200).max(599),
    reason: z.string().optional(),
    type: z.string().default('text/html').describe('Content-Type'),
    headers: z
      .record(z.string(), z.string())
      .default({})
      .describe('further header fields: WWW-Authenticate, Retry-After …'),
    body: z.string().default(''),
  }),
  answer: (_context, { status, reason, type, headers, body }) => ({
    reply: { status, reason, headers: [['Content-Type', type], ...Object.entries(headers)], body: Buffer.from(body) },
  }),
  explain: ({ status }) => `answers ${status}`,
});
