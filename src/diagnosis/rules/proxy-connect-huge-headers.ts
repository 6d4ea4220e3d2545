import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { failedProxyAttempts, headSize, matchOf, needOf, saidBy } from '../proxy-attempts.ts';
import type { ProxyAttempt } from '../proxy-attempts.ts';
import { rule } from '../rule.ts';

const overflown = (view: View): ProxyAttempt[] =>
  failedProxyAttempts(view).filter(({ failure }) => failure === 'http.too-large');

export const proxyConnectHugeHeaders = rule({
  id: 'proxy-connect-huge-headers',
  title: 'The head of the proxy’s answer is larger than the client takes',
  severity: 'error',
  summary:
    'The proxy adds so many or so large fields to its answer that the client gives up: .NET Framework and WinHTTP at ' +
    '64 KB, Chromium at 256 KB. Programs with a larger limit pass.',
  confirm: 'Follow the stream of the CONNECT and look at the size of the answer before its empty line.',
  fix:
    'Find out which field grows (cookies, reports, a debugging header) and take it out on the proxy. In .NET Framework the limit is ' +
    '<httpWebRequest maximumResponseHeadersLength="…"/> in kilobytes.',
  refutedIf: 'The head of the answer is smaller than 64 KB.',
  alternatives: [],
  needs: [needOf('an attempt that ended because the head of the answer is too large', overflown)],
  find: (view) =>
    overflown(view).map((one) => {
      const match = matchOf(one, {
        confidence: 'certain',
        why: `To "${one.asked}" ${one.proxy} sent ${headSize(one)} bytes of fields; ${saidBy(one)}.`,
      });
      return { ...match, evidence: [...match.evidence, ...seqs(one.attempt.ofType('proxy.response'))] };
    }),
});
