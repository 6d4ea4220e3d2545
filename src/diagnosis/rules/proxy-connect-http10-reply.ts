import type { View } from '../../trace/view.ts';
import { events, tunnelReplies } from '../proxy-replies.ts';
import type { Reply } from '../proxy-replies.ts';
import { rule } from '../rule.ts';

const old = (view: View): Reply[] => tunnelReplies(view).filter(({ response }) => response.data.version === '1.0');

export const proxyConnectHttp10Reply = rule({
  id: 'proxy-connect-http10-reply',
  title: 'The proxy answers CONNECT in HTTP/1.0',
  severity: 'info',
  summary:
    'The tunnel stands and works: the version of the answer does not matter to it. It matters to a 407: an HTTP/1.0 ' +
    'connection ends with the answer unless the proxy says keep-alive, and NTLM needs one connection for all its messages.',
  confirm: 'Filter `http.response.version=="HTTP/1.0"` on the proxy’s port; with a 407, look for FIN behind it.',
  fix: 'Nothing for anonymous tunnels. For NTLM update the proxy, or let it answer with “Proxy-Connection: keep-alive”.',
  refutedIf: 'The status line of the answer to CONNECT begins with HTTP/1.1.',
  alternatives: [],
  needs: [{ says: 'an answer to CONNECT in HTTP/1.0', seen: (view) => events(old(view)) }],
  find: (view) =>
    old(view).map((reply) => ({
      about: reply.proxy,
      confidence: 'certain',
      why: `${reply.proxy} answered CONNECT ${reply.host}:${reply.port} with HTTP/1.0 ${reply.status}.`,
      evidence: reply.evidence,
    })),
});
