import { z } from 'zod';

import { errorAnswer } from '../answer.ts';
import { proxyBehaviour } from '../behaviour.ts';

export const limit = proxyBehaviour({
  summary: 'Answers 503 while so many tunnels stand.',
  options: z.strictObject({
    kind: z.literal('limit'),
    tunnels: z.int().nonnegative().default(100).describe('as many as may stand at once'),
    retryAfter: z.int().nonnegative().optional().describe('seconds, for Retry-After'),
  }),
  concerns: ({ request: { kind } }) => kind === 'connect',
  async serve(exchange, { tunnels, retryAfter }) {
    const { context } = exchange;
    const standing = (change: number): number => {
      const count = Number(context.memory.get('tunnels') ?? 0) + change;
      context.memory.set('tunnels', count);
      return count;
    };
    if (standing(0) >= tunnels) {
      const answer = errorAnswer(context.pseudonym, 503, 'connection_limit_reached', `${tunnels} tunnels stand`);
      const later: [string, string][] = retryAfter === undefined ? [] : [['Retry-After', String(retryAfter)]];
      return exchange.answer({ ...answer, headers: [...(answer.headers ?? []), ...later] });
    }
    await exchange.forward({
      tunnel({ client }) {
        standing(1);
        client.stream.once('close', () => standing(-1));
      },
    });
  },
  explain: ({ tunnels }) => `answers 503 while ${tunnels} tunnels stand`,
});
