import { z } from 'zod';

import { proxyBehaviour } from '../behaviour.ts';
import type { HeaderList } from '../../trace/events.ts';

const text = z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'no control characters');

export const fields = z.record(
  z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, 'not a field name'),
  z.union([text, z.array(text)]),
);

export const respond = proxyBehaviour({
  summary: 'Gives the same answer to every request.',
  options: z.strictObject({
    kind: z.literal('respond'),
    status: z.int().min(200).max(599).describe('the status code'),
    reason: text.optional().describe('the reason phrase, when it is not the usual one'),
    headers: fields.default({}).describe('name: value, or name: [values]'),
    body: z.string().default('').describe('the body'),
    chunked: z.boolean().default(false).describe('sends the body in chunks instead of with a length'),
    close: z.boolean().default(false).describe('closes the connection after the answer'),
  }),
  serve: ({ answer }, { headers, ...rest }) => answer({ ...rest, headers: pairsIn(headers) }),
  explain: ({ status, reason }) => `answers ${status}${reason === undefined ? '' : ` ${reason}`}`,
});

export const pairsIn = (headers: Record<string, string | string[]>): HeaderList =>
  Object.entries(headers).flatMap(([name, values]) => [values].flat().map((value): [string, string] => [name, value]));
