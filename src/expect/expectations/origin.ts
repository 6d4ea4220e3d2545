import { z } from 'zod';

import { matcher } from '../../matcher.ts';
import { pick, seqs } from '../../trace/view.ts';
import { criterion, judgeCriteria } from '../criteria.ts';
import { stepExpectation } from '../expectation.ts';

export const originExpectation = stepExpectation({
  key: 'origin',
  summary: 'What the destination saw and answered.',
  schema: z.strictObject({
    reached: z.boolean().optional().describe('whether a request arrived there'),
    status: matcher.optional().describe('null when it did not answer'),
    clientCertificate: matcher.optional().describe('the subject of the client certificate that arrived; null for none'),
  }),
  judge: ({ reached, status, clientCertificate }, { events, request }) => {
    const own = new Set(request.events);
    const there = pick(events, 'origin.request', 'origin.response', 'origin.connected').filter(
      (event) => own.has(event) || event.data.host === request.target.host,
    );
    const asked = pick(there, 'origin.request').at(-1);
    const answered = pick(there, 'origin.response').at(-1);
    const criteria = [
      ...(reached === undefined ? [] : [criterion('reached', reached, there.length > 0)]),
      ...(status === undefined ? [] : [criterion('status', status, answered?.data.status ?? null)]),
      ...(clientCertificate === undefined
        ? []
        : [criterion('clientCertificate', clientCertificate, asked?.data.clientCertificate)]),
    ];
    return judgeCriteria('origin', criteria, seqs(asked, answered));
  },
});
