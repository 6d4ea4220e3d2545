import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { events, isTunnel, tunnelReplies } from '../proxy-replies.ts';
import type { Reply } from '../proxy-replies.ts';
import { rule } from '../rule.ts';

const unusual = (view: View): Reply[] => tunnelReplies(view).filter((reply) => isTunnel(reply) && reply.status !== 200);

export const proxyConnect204 = rule({
  id: 'proxy-connect-204',
  title: 'The proxy opens tunnels with another status than 200',
  severity: 'error',
  summary:
    'Any 2xx opens the tunnel (RFC 9110 section 9.3.6), but many clients ask for 200 and nothing else: Chromium, Firefox ' +
    'and Node’s agents fail, curl passes. It looks as if only some programs were let through.',
  confirm: 'Filter `http.request.method=="CONNECT" || (http.response.code>200 && http.response.code<300)`.',
  fix: 'Let the proxy, or the device that writes this answer, say “200 Connection established”.',
  refutedIf: 'The same client fails with 200 as well.',
  alternatives: [],
  needs: [{ says: 'a 2xx other than 200 to CONNECT', seen: (view) => events(unusual(view)) }],
  find: (view) =>
    unusual(view).map((reply) => {
      const { attempt } = reply.owner ?? {};
      // Where TLS stood the client went on: what failed then is another matter.
      const failed =
        attempt !== undefined &&
        attempt.failure !== null &&
        attempt.clientTls.every(({ type }) => type !== 'tls.established');
      return {
        about: reply.proxy,
        confidence: 'certain',
        severity: failed ? 'error' : 'info',
        why:
          `${reply.proxy} answered CONNECT ${reply.host}:${reply.port} with ${reply.status}` +
          (failed
            ? `, which ${reply.owner?.request.client ?? 'the client'} does not take for a tunnel.`
            : '; this client takes it for a tunnel.'),
        evidence: reply.evidence,
        explains: failed ? seqs(attempt.events, reply.owner?.request.finished) : [],
      };
    }),
});
