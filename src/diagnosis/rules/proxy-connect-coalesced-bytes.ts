import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { cameEarly, earlyBytes, failedProxyAttempts, matchOf, needOf, saidBy } from '../proxy-attempts.ts';
import type { ProxyAttempt } from '../proxy-attempts.ts';
import { rule } from '../rule.ts';

const early = (view: View): ProxyAttempt[] => failedProxyAttempts(view).filter(cameEarly);

export const proxyConnectCoalescedBytes = rule({
  id: 'proxy-connect-coalesced-bytes',
  title: 'Bytes come in one piece with the 200 to CONNECT',
  severity: 'error',
  summary:
    'Behind the head of the 200 more bytes follow at once: of a destination that speaks first, or a body that does not ' +
    'belong there. They are the tunnel’s, but Chromium ends the tunnel for them, and Node’s agents throw them away.',
  confirm: 'Look at the segment with the 200 to CONNECT: its payload goes on behind the empty line.',
  fix: 'Let the proxy send nothing behind the head before the client has spoken; take a page out of its 200 to CONNECT.',
  refutedIf: 'The segment with the 200 ends with the empty line.',
  alternatives: [],
  needs: [needOf('a 2xx to CONNECT with bytes behind its head, and no word in the tunnel nor TLS after it', early)],
  find: (view) =>
    early(view).map((one) => {
      const match = matchOf(one, {
        confidence: 'certain',
        why: `${one.proxy} opened the tunnel for "${one.asked}" and sent ${earlyBytes(one)} bytes more behind the head of that answer; ${saidBy(one)}.`,
      });
      return { ...match, evidence: [...match.evidence, ...seqs(one.attempt.ofType('proxy.response'))] };
    }),
});
