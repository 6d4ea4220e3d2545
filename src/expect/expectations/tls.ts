import { z } from 'zod';

import { matcher } from '../../matcher.ts';
import { seqs } from '../../trace/view.ts';
import { criterion, judgeCriteria } from '../criteria.ts';
import { stepExpectation } from '../expectation.ts';

export const tlsExpectation = stepExpectation({
  key: 'tls',
  summary: 'The handshake with the destination as the client saw it.',
  schema: z.strictObject({
    established: z.boolean().optional(),
    issuer: matcher.optional().describe('of the certificate that the client was shown'),
    subject: matcher.optional(),
    version: matcher.optional().describe('null when the handshake failed'),
  }),
  judge: ({ established, issuer, subject, version }, { request }) => {
    const event = request.attempts.at(-1)?.clientTls.at(-1);
    const peer = event?.data.peer;
    const spoken = event?.type === 'tls.established' ? event.data.version : null;
    const criteria = [
      ...(established === undefined ? [] : [criterion('established', established, event?.type === 'tls.established')]),
      ...(issuer === undefined ? [] : [criterion('issuer', issuer, peer?.issuer ?? null)]),
      ...(subject === undefined ? [] : [criterion('subject', subject, peer?.subject ?? null)]),
      ...(version === undefined ? [] : [criterion('version', version, spoken)]),
    ];
    return judgeCriteria('tls', criteria, seqs(event));
  },
});
