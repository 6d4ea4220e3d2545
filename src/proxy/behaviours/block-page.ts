import { z } from 'zod';

import { bytesOf } from '../answer.ts';
import type { Answer, AnswerHead } from '../answer.ts';
import { proxyBehaviour } from '../behaviour.ts';
import { writeAnswered } from '../exchange.ts';
import type { Exchange } from '../exchange.ts';
import { unwrap } from '../intercept.ts';
import { Pool } from '../upstream.ts';

const granted: AnswerHead = { status: 200, reason: 'Connection established', headers: [] };

export const blockPage = proxyBehaviour({
  summary: 'Says 200 to CONNECT, then shows a page of its own in place of the destination.',
  options: z.strictObject({
    kind: z.literal('block-page'),
    ca: z.string().default('inspection-ca').describe("the authority of the page's certificate"),
    name: z.string().optional().describe('the name in it; that of CONNECT when absent'),
    status: z.int().min(200).max(599).default(403).describe('the status of the page'),
    body: z.string().default('<html><body>Blocked by policy.</body></html>\n').describe('the page'),
  }),
  async serve(exchange, { ca, name, status, body }) {
    const page: Answer = { status, body, headers: [['Content-Type', 'text/html; charset=utf-8']] };
    const { context, leg, request } = exchange;
    // TLS in TLS is not opened here.
    if (request.kind !== 'connect' || leg.stream !== leg.connection) return exchange.answer(page);
    writeAnswered(exchange, granted);
    leg.stream.write(bytesOf(granted, granted));
    const opened = await unwrap(exchange, { ca, name, alpn: 'http/1.1', clientCertificate: 'none', toClient: {} });
    if (!opened) return;
    const { host, port } = request;
    context.enter({
      stream: opened.stream,
      connection: leg.connection,
      memory: leg.memory,
      inside: {
        origin: { host, port },
        serverName: opened.serverName,
        pool: new Pool(),
        dial: nowhere,
        serve: (within: Exchange) => within.answer(page),
      },
    });
  },
  explain: ({ status }) => `says 200 to CONNECT and shows its own page, ${status}`,
});

/** Nothing inside is ever forwarded. */
function nowhere(): never {
  throw new Error('a block page has no destination');
}
