import { z } from 'zod';

import { errorAnswer } from '../answer.ts';
import { proxyBehaviour } from '../behaviour.ts';
import type { Exchange } from '../exchange.ts';

export const headerLimit = proxyBehaviour({
  summary: 'Refuses requests whose head is larger than it likes.',
  options: z.strictObject({
    kind: z.literal('header-limit'),
    size: z.int().positive().default(8192).describe('bytes of request line and fields'),
    status: z.int().min(400).max(599).default(431).describe('what it answers; Squid says 400'),
  }),
  concerns: (exchange, { size }) => headSize(exchange) > size,
  serve: ({ answer, context }, { size, status }) => {
    const detail = `the request head has more than ${size} bytes`;
    return answer({ ...errorAnswer(context.pseudonym, status, 'http_request_error', detail), close: true });
  },
  explain: ({ size, status }) => `answers ${status} to heads of more than ${size} bytes`,
});

/** As it came over the wire, the empty line included. */
const headSize = ({ request: { method, target, headers } }: Exchange): number =>
  headers.reduce((sum, [name, value]) => sum + name.length + value.length + 4, method.length + target.length + 14);
