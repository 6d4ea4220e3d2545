import { z } from 'zod';

import { errorAnswer } from '../answer.ts';
import { proxyBehaviour } from '../behaviour.ts';

export const loop = proxyBehaviour({
  summary: 'Sends every request to itself, as its own next proxy.',
  options: z.strictObject({
    kind: z.literal('loop'),
    turns: z.int().positive().default(10).describe('connections to itself, when Via does not stop it before'),
  }),
  async serve(exchange, { turns }) {
    const { context } = exchange;
    const depth = Number(context.memory.get('loop') ?? 0);
    if (depth >= turns) {
      const detail = 'no more connections for this client';
      return exchange.answer(errorAnswer(context.pseudonym, 503, 'connection_limit_reached', detail));
    }
    context.memory.set('loop', depth + 1);
    await exchange.forward({ through: { host: context.host.ip, port: context.port } });
    context.memory.set('loop', depth);
  },
  explain: () => 'forwards to itself',
});
