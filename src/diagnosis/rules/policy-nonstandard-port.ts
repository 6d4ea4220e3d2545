import { deniedNeed, evidenceOf, explainedBy, verdictsOf } from '../denials.ts';
import { connectFilter } from '../filters.ts';
import type { Reply } from '../proxy-replies.ts';
import { rule } from '../rule.ts';

const isOdd = ({ port }: Reply): boolean => port !== 443 && port !== 80;

export const policyNonstandardPort = rule({
  id: 'policy-nonstandard-port',
  title: 'The proxy tunnels to the usual ports only',
  severity: 'warning',
  summary:
    'CONNECT to a port other than 443 and 80 gets 403. Service Bus over TCP uses 5671, 5672 and 9350-9354; it is optional, ' +
    'and signalling falls back to HTTPS on 443. Connectors before 1.5.1526 also tried 8080.',
  confirm: `Filter ${connectFilter(403)} and compare the ports of the CONNECT lines.`,
  fix:
    'Nothing has to be done for the connector of today: ports 443 and 80 suffice. For Service Bus over TCP allow CONNECT ' +
    'to *.servicebus.windows.net on 5671, 5672 and 9350-9354; update a connector that asks for 8080.',
  refutedIf: 'The same CONNECT is answered with 200, or the same name on 443 is refused too.',
  alternatives: [],
  needs: [deniedNeed('on a port other than 443 and 80', isOdd)],
  find: (view) =>
    verdictsOf(view).flatMap(({ denied, passed }) =>
      denied.filter(isOdd).flatMap((reply) => {
        const usual =
          passed.find(({ host, port }) => host === reply.host && port === 443) ??
          passed.find(({ port }) => port === 443);
        if (!usual || passed.some(({ port }) => port === reply.port)) return [];
        return [
          {
            about: reply.proxy,
            confidence: usual.host === reply.host ? 'certain' : 'likely',
            why: `${reply.proxy} answered CONNECT ${reply.host}:${reply.port} with 403, but ${usual.host}:443 with ${usual.status}.`,
            evidence: evidenceOf([reply, usual]),
            explains: explainedBy([reply], passed),
          },
        ];
      }),
    ),
});
