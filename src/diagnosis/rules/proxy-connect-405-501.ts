import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { connectFilter } from '../filters.ts';
import { events, tunnelReplies } from '../proxy-replies.ts';
import type { Reply } from '../proxy-replies.ts';
import { rule } from '../rule.ts';

const unsupported = (view: View): Reply[] =>
  tunnelReplies(view).filter(({ status }) => status === 405 || status === 501);

export const proxyConnect405501 = rule({
  id: 'proxy-connect-405-501',
  title: 'What is taken for the proxy knows no CONNECT',
  severity: 'error',
  summary:
    'CONNECT gets 405 (not allowed) or 501 (not implemented): a web server, a reverse proxy, or a cache for plain http ' +
    'listens there. http may even work; https and WebSockets cannot.',
  confirm: `Filter ${connectFilter(405)} (or 501); Server and Allow in the answer say what program it is.`,
  fix: 'Name a forward proxy, on its own port, in the setting; or allow the method CONNECT on this one.',
  refutedIf: 'A CONNECT to any name is answered with 200 on this address and port.',
  alternatives: [],
  needs: [{ says: 'a 405 or 501 to CONNECT', seen: (view) => events(unsupported(view)) }],
  find: (view) =>
    unsupported(view).map((reply) => ({
      about: reply.proxy,
      confidence: 'certain',
      why: `${reply.proxy} answered CONNECT ${reply.host}:${reply.port} with ${reply.status} ${reply.response.data.reason}.`,
      evidence: reply.evidence,
      explains: seqs(reply.owner?.attempt.events, reply.owner?.request.finished),
    })),
});
