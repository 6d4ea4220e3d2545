import { header, seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { events, isRelayed, repliesOf } from '../proxy-replies.ts';
import type { Reply } from '../proxy-replies.ts';
import { rule } from '../rule.ts';

const tooBig = (view: View): Reply[] =>
  repliesOf(view).filter(
    (reply) =>
      reply.method !== 'CONNECT' && (reply.status === 413 || reply.page === 'ERR_TOO_BIG') && !isRelayed(reply),
  );

const sizeOf = ({ request }: Reply): string | undefined => header(request?.data.headers ?? [], 'content-length');

export const policyBodyTooBig = rule({
  id: 'policy-body-too-big',
  title: 'The proxy does not let bodies of this size pass',
  severity: 'error',
  summary:
    'The proxy caps the size of bodies and answers 413 (403 in Squid) by itself. It can see bodies of plain http only, and ' +
    'of TLS that it inspects: for the connector, that is the way to its backends.',
  confirm:
    'Filter `http.response.code==413 || http.request.method=="POST"` on the proxy’s port, and compare Content-Length of what passes and what does not.',
  fix: 'Raise the cap on the proxy (Squid: request_body_max_size, reply_body_max_size) for the backend’s host, or reach it without this proxy.',
  refutedIf: 'The destination’s own log has the request with this answer.',
  alternatives: [],
  needs: [{ says: 'a refusal of the proxy for the size of a body', seen: (view) => events(tooBig(view)) }],
  find: (view) =>
    tooBig(view).map((reply) => {
      const size = sizeOf(reply);
      return {
        about: `${reply.host} at ${reply.proxy}`,
        confidence: 'certain',
        why:
          `${reply.proxy} answered ${reply.method} ${reply.response.data.target}` +
          (size === undefined ? '' : ` with a body of ${size} bytes`) +
          ` with ${reply.status}, and the destination never saw it.`,
        evidence: reply.evidence,
        explains: seqs(reply.owner?.attempt.events, reply.owner?.request.finished),
      };
    }),
});
