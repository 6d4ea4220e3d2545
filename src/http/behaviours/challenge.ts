import { createHash } from 'node:crypto';
import { z } from 'zod';

import { judgeNtlm, userOf } from '../../ntlm-messages.ts';
import { headerOf } from '../body.ts';
import { hostBehaviour } from '../behaviour.ts';
import type { HostContext, Reply } from '../behaviour.ts';

const names = { negotiate: 'Negotiate', ntlm: 'NTLM' } as const;

/** Windows authentication of a web server, for who has no ticket: NTLM, under its own name or under Negotiate's. */
export const challenge = hostBehaviour({
  summary: 'Answers 401 until the client has logged on by NTLM, under either name; Kerberos tickets are refused.',
  options: z.strictObject({
    kind: z.literal('challenge'),
    schemes: z
      .array(z.enum(['negotiate', 'ntlm']))
      .min(1)
      .default(['negotiate', 'ntlm'])
      .describe('what it offers, in this order'),
    realm: z.string().default('CORP').describe('the domain'),
    accounts: z.record(z.string(), z.string()).default({}).describe('user: password; none: nobody passes'),
  }),
  answer(context, { schemes, realm, accounts }) {
    const { healthy, memory, request, host, date } = context;
    if (userOf(memory) !== undefined) return { reply: healthy };
    const [, name = '', token = ''] = /^(\S+)\s+(.*)$/.exec(headerOf(request.headers, 'authorization') ?? '') ?? [];
    const scheme = schemes.find((each) => names[each].toLowerCase() === name.toLowerCase());
    const asked = { memory, accounts, realm, server: host, date, fresh: () => freshFor(context) };
    const verdict = scheme ? judgeNtlm(Buffer.from(token, 'base64'), asked) : ({ kind: 'refused' } as const);
    if (verdict.kind === 'passed') return { reply: healthy };
    if (verdict.kind === 'continue') return { reply: refusal([`${name} ${verdict.token}`]) };
    return { reply: refusal(schemes.map((each) => names[each])) };
  },
  explain: ({ schemes, realm }) => `wants a logon (${schemes.join(', ')}) for ${realm}`,
});

const refusal = (values: readonly string[]): Reply => ({
  status: 401,
  headers: [...values.map((value): [string, string] => ['WWW-Authenticate', value]), ['Content-Type', 'text/html']],
  body: Buffer.from('<title>401 - Unauthorized</title>'),
});

/** The same in every run, another on every connection. */
const freshFor = ({ conn, host }: HostContext): Buffer =>
  createHash('sha256').update(`${host} ${conn}`).digest().subarray(0, 8);
