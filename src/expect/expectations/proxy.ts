import { z } from 'zod';

import { matcher } from '../../matcher.ts';
import { pick, seqs } from '../../trace/view.ts';
import { anyCase, criterion, judgeCriteria } from '../criteria.ts';
import { stepExpectation } from '../expectation.ts';

export const proxyExpectation = stepExpectation({
  key: 'proxy',
  summary: 'What the proxy answered: to CONNECT where there was one, else to the last request.',
  schema: z.strictObject({
    status: matcher.optional().describe('null when no proxy answered'),
    schemes: matcher.optional().describe('the authentication schemes it offered'),
    name: matcher.optional().describe('which of `lab.proxies`'),
  }),
  judge: ({ status, schemes, name }, { request }) => {
    const events = request.attempts.flatMap((attempt) => attempt.events);
    const responses = pick(events, 'proxy.response');
    const response = responses.findLast(({ data }) => data.method === 'CONNECT') ?? responses.at(-1);
    const challenge = pick(events, 'proxy.challenged').findLast(({ data }) => data.conn === response?.data.conn);
    const criteria = [
      ...(status === undefined ? [] : [criterion('status', status, response?.data.status ?? null)]),
      ...(schemes === undefined ? [] : [criterion('schemes', schemes, challenge?.data.schemes ?? [], anyCase)]),
      ...(name === undefined ? [] : [criterion('name', name, response?.data.proxy ?? null)]),
    ];
    return judgeCriteria('proxy', criteria, seqs(challenge, response));
  },
});
