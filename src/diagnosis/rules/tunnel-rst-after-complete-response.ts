import { rule } from '../rule.ts';
import { endNeed, endsOf } from '../tunnel-ends.ts';

export const tunnelRstAfterCompleteResponse = rule({
  id: 'tunnel-rst-after-complete-response',
  title: 'The proxy resets the tunnel right after a complete answer',
  severity: 'info',
  summary:
    'The answer had arrived completely when the proxy ended the tunnel with RST instead of FIN. Clients that still listen ' +
    'on the connection report ECONNRESET for a request that succeeded.',
  confirm:
    'Filter `tcp.flags.reset==1 && tcp.port==8080` (with the port of your proxy): the RST follows the last byte of the ' +
    'answer within milliseconds; Content-Length or the last chunk shows that nothing is missing.',
  fix: 'Let the proxy close in order, or let the client take an answer that is complete for a success.',
  refutedIf: 'Bytes of the answer are missing.',
  alternatives: [],
  needs: [endNeed('a RST of the proxy right after a complete answer', 'answered', 'RST')],
  find: (view) =>
    endsOf(view, 'answered', 'RST').map(({ proxy, host, evidence }) => ({
      about: proxy,
      confidence: 'certain',
      why: `${proxy} sent RST into the tunnel to ${host} right after an answer that was complete.`,
      evidence,
    })),
});
