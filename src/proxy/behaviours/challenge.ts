import { z } from 'zod';

import { duration } from '../../duration.ts';
import { errorAnswer } from '../answer.ts';
import { proxyBehaviour } from '../behaviour.ts';
import { challengeOf, judge, refusal } from '../challenge.ts';
import { schemes } from '../schemes/index.ts';

const names = schemes.map(({ name }) => name);
const algorithms = ['MD5', 'MD5-sess', 'SHA-256', 'SHA-256-sess', 'SHA-512-256', 'SHA-512-256-sess'] as const;

const digest = z.strictObject({
  algorithms: z.array(z.enum(algorithms)).min(1).default(['MD5']).describe('one challenge each, in this order'),
  qop: z
    .array(z.enum(['auth', 'auth-int']))
    .default(['auth'])
    .describe('none: as before RFC 2617'),
  alwaysStale: z.boolean().default(false).describe('answers every right response with a fresh nonce and stale=true'),
  nonceLife: duration.default(300_000).describe('after which a nonce is stale'),
});

export const challenge = proxyBehaviour({
  summary: 'Answers 407 until it gets credentials of one of its accounts; without accounts, always.',
  options: z.strictObject({
    kind: z.literal('challenge'),
    schemes: z.array(z.enum(names)).default(['basic']).describe('what it offers, in this order; none: a bare 407'),
    others: z
      .array(z.string().regex(/^[\x20-\x7e]+$/, 'one line'))
      .default([])
      .describe('further Proxy-Authenticate values, as they are'),
    realm: z.string().default('proxy').describe('what the credentials are for; with ntlm the domain'),
    accounts: z.record(z.string(), z.string()).optional().describe("user: password; the proxy's own when absent"),
    users: z.array(z.string()).optional().describe('who may pass; 403 for others with right credentials'),
    digest: digest.prefault({}).describe('what Digest asks for'),
    negotiate: z.enum(['refuse', 'shape']).default('refuse').describe('shape: takes a Kerberos token unread'),
    endless: z.boolean().default(false).describe('refuses everything, each time for another realm'),
    backends: z.int().positive().default(1).describe('a balancer spreads requests over so many; none knows the others'),
    surrogate: duration.optional().describe("lets the client's address pass for so long after right credentials"),
    body: z.string().optional().describe('the body of the 407'),
    bodySize: z.int().nonnegative().optional().describe('a body of so many bytes instead'),
    chunked: z.boolean().default(false).describe('sends the body in chunks instead of with a length'),
    close: z.boolean().default(false).describe('closes the connection after each 407'),
  }),
  async serve(exchange, options) {
    const on = challengeOf(exchange, options);
    const verdict = await judge(on);
    if (verdict.kind === 'passed') {
      const { users } = options;
      if (!users || users.includes(verdict.user)) return exchange.forward();
      const detail = `${verdict.user} may not`;
      return exchange.answer(errorAnswer(exchange.context.pseudonym, 403, 'http_request_denied', detail));
    }
    return exchange.answer(refusal(on, verdict));
  },
  explain: ({ schemes: offered, others, realm, accounts, endless }) => {
    const offers = [...offered, ...others.map((line) => line.split(' ')[0])].join(', ');
    const never = endless || (accounts && Object.keys(accounts).length === 0) ? ' and takes none' : '';
    return offers === '' ? 'answers 407 without a challenge' : `wants credentials (${offers}) for ${realm}${never}`;
  },
});
