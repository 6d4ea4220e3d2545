import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { events, isRelayed, repliesOf } from '../proxy-replies.ts';
import type { Reply } from '../proxy-replies.ts';
import { rule } from '../rule.ts';

/** The smallest limit that is usual: 8 KB (Squid: 64 KB). */
const usualLimit = 8000;

/** Bytes of the fields that the client sent. */
const sent = ({ request }: Reply): number =>
  (request?.data.headers ?? []).reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0);

const tooBig = (view: View): Reply[] =>
  repliesOf(view).filter(
    (reply) =>
      !isRelayed(reply) &&
      (reply.status === 431 || reply.page === 'ERR_TOO_BIG' || (reply.status === 400 && sent(reply) > usualLimit)),
  );

export const proxyRequestHeaderLimit = rule({
  id: 'proxy-request-header-limit',
  title: 'The head of the request is larger than the proxy takes',
  severity: 'error',
  summary:
    'The proxy limits request line and fields (8, 16 or 64 KB) and refuses what is larger with 431 or 400. Kerberos ' +
    'tickets of users in many groups, and cookies, grow beyond that: it fails for some users and some sites only.',
  confirm:
    'Filter `http.response.code==431 || http.response.code==400` on the proxy’s port and look at the size of the request before it.',
  fix: 'Raise the limit on the proxy (Squid: request_header_max_size), or let the fields shrink: fewer groups in the ticket, fewer cookies.',
  refutedIf: 'A request of the same size passes, or a small one is refused in the same way.',
  alternatives: [],
  needs: [{ says: 'a 431 or 400 of the proxy to a large request', seen: (view) => events(tooBig(view)) }],
  find: (view) =>
    tooBig(view).map((reply) => ({
      about: reply.proxy,
      confidence: reply.status === 400 && reply.page === undefined ? 'likely' : 'certain',
      why: `${reply.proxy} answered ${reply.method} ${reply.host}:${reply.port} with ${reply.status}; the request had ${sent(reply)} bytes of fields.`,
      evidence: reply.evidence,
      explains: seqs(reply.owner?.attempt.events, reply.owner?.request.finished),
    })),
});
