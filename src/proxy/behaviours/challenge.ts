import { z } from 'zod';

import { plainText } from '../answer.ts';
import { proxyBehaviour } from '../behaviour.ts';
import type { Exchange } from '../exchange.ts';
import { valueOf } from '../headers.ts';
import type { AuthContext, AuthScheme, AuthVerdict } from '../scheme.ts';
import { schemes } from '../schemes/index.ts';

const names = schemes.map(({ name }) => name);

export const challenge = proxyBehaviour({
  summary: 'Answers 407 until it gets credentials of one of its accounts; without accounts, always.',
  options: z.strictObject({
    kind: z.literal('challenge'),
    schemes: z.array(z.enum(names)).min(1).default(['basic']).describe('what it offers, in this order'),
    realm: z.string().default('proxy').describe('what the credentials are for'),
    accounts: z.record(z.string(), z.string()).optional().describe("user: password; the proxy's own when absent"),
    body: z.string().optional().describe('the body of the 407'),
    close: z.boolean().default(false).describe('closes the connection after each 407'),
  }),
  async serve(exchange, { schemes: offered, realm, accounts, body, close }) {
    const { context, leg, request } = exchange;
    const on: AuthContext = {
      realm,
      accounts: accounts ?? context.accounts,
      memory: leg.memory,
      chance: context.chance,
      request,
    };
    const offers = offered.flatMap((name) => schemes.find((scheme) => scheme.name === name) ?? []);
    const [scheme, verdict] = judge(offers, on);
    if (verdict.kind === 'passed') return exchange.forward();
    const values =
      verdict.kind === 'continue' ? [`${scheme} ${verdict.token}`] : offers.map((offer) => offer.challenge(on));
    writeChallenged(exchange, offered, realm);
    await exchange.answer({
      status: 407,
      headers: [...values.map((value): [string, string] => ['Proxy-Authenticate', value]), ...plainText],
      body: body ?? '407: this proxy wants credentials\n',
      close,
    });
  },
  explain: ({ schemes: offered, realm }) => `wants credentials (${offered.join(', ')}) for ${realm}`,
});

/** The credentials of the request, judged by the scheme they are of, if it was offered. */
function judge(offers: readonly AuthScheme[], on: AuthContext): [scheme: string, verdict: AuthVerdict] {
  const [, name = '', credentials = ''] =
    /^(\S+)\s+(.*)$/s.exec(valueOf(on.request.headers, 'proxy-authorization')?.trim() ?? '') ?? [];
  const scheme = offers.find((offer) => offer.name === name.toLowerCase());
  return [name, scheme?.check?.(credentials, on) ?? { kind: 'refused' }];
}

function writeChallenged({ context, leg, request }: Exchange, offered: string[], realm: string): void {
  context.pen.write('proxy.challenged', {
    proxy: context.name,
    conn: leg.connection.id,
    target: request.target,
    host: request.host,
    schemes: offered,
    realm,
  });
}
