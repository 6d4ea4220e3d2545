import { once } from 'node:events';

import { z } from 'zod';

import { duration } from '../../duration.ts';
import { withEarly } from '../answer.ts';
import type { AnswerHead } from '../answer.ts';
import { proxyBehaviour } from '../behaviour.ts';
import type { Exchange } from '../exchange.ts';
import { relay } from '../tunnel.ts';
import type { Upstream } from '../upstream.ts';
import { fields, pairsIn } from './respond.ts';

export const connectReply = proxyBehaviour({
  summary: 'Opens tunnels, but says so in an unusual way.',
  options: z.strictObject({
    kind: z.literal('connect-reply'),
    status: z.int().min(200).max(299).default(200).describe('any 2xx opens a tunnel'),
    reason: z.string().default('Connection established').describe('the reason phrase'),
    version: z.enum(['1.0', '1.1']).default('1.1').describe('the version of HTTP it speaks'),
    line: z.string().optional().describe('the status line as it is, instead: "HTTP/1.1 OK"'),
    headers: fields.default({}).describe('name: value; Content-Length in a 2xx to CONNECT must be ignored'),
    padding: z.int().nonnegative().default(0).describe('bytes of further fields'),
    early: z.string().optional().describe('text in the same segment, as if the destination had spoken first'),
    coalesce: duration
      .optional()
      .describe('waits so long for the first bytes of the destination, and sends them in the same segment'),
  }),
  concerns: ({ request: { kind } }) => kind === 'connect',
  async serve(exchange, options) {
    const { status, reason, version, line, padding, early = '', coalesce } = options;
    const head: AnswerHead = {
      status,
      reason,
      headers: [...pairsIn(options.headers), ...paddingOf(padding)],
      ...(version === '1.0' ? { version } : {}),
    };
    const first = line ?? `HTTP/${version} ${status} ${reason}`;
    // Framing or not: after a 2xx to CONNECT everything is the tunnel's.
    const lines = head.headers.map(([name, value]) => `${name}: ${value}\r\n`);
    const said = `${first}\r\n${lines.join('')}\r\n`;
    const upstream = await exchange.open({
      saying: async (standing) => {
        const spoken = coalesce === undefined ? '' : await spokenFirst(exchange, standing, coalesce);
        const behind = early + spoken;
        return { head: withEarly(head, behind.length), bytes: said + behind };
      },
    });
    if (upstream) relay(exchange.leg, upstream);
  },
  explain: ({ status, version, line, padding, headers }) => {
    const odd = [...Object.keys(headers), ...(padding > 0 ? [`${padding} bytes of fields`] : [])];
    return `opens tunnels with ${line ?? `HTTP/${version} ${status}`}${odd.length > 0 ? ` and ${odd.join(', ')}` : ''}`;
  },
});

const lineLength = 4000;

/** Fields of a few kilobytes each: many parsers limit a line before they limit the head. */
const paddingOf = (size: number): [string, string][] =>
  Array.from({ length: Math.ceil(size / lineLength) }, (_, index): [string, string] => [
    `X-Padding-${index}`,
    '.'.repeat(Math.min(lineLength, size - index * lineLength)),
  ]);

/** What the destination says by itself within `ms` of lab time, as the bytes it is. */
async function spokenFirst({ context }: Exchange, { stream }: Upstream, ms: number): Promise<string> {
  const given = new AbortController();
  const callOff = context.clock.after(ms, () => given.abort());
  await once(stream, 'readable', { signal: given.signal }).catch(() => undefined);
  callOff();
  const first = stream.read() as Buffer | null;
  return first?.toString('latin1') ?? '';
}
