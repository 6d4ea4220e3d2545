import { pick, seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { events, isByPolicy, tunnelReplies } from '../proxy-replies.ts';
import type { Reply } from '../proxy-replies.ts';
import { untoldReasons } from '../refusals.ts';
import { rule } from '../rule.ts';

export const policy502Deny = rule({
  id: 'policy-502-deny',
  title: 'The proxy refuses the tunnel with 502',
  severity: 'error',
  summary:
    'CONNECT is answered with 502, and nothing says that the proxy tried to reach the destination. Some products use ' +
    '502 for what they do not allow; the standard reading is a next hop that failed.',
  confirm:
    'Filter `http.request.method=="CONNECT" || http.response.code==502` (Message Analyzer: `(https.Request or ' +
    'https.Response) and tcp.port==8080`, with the port of your proxy). Read Proxy-Status and the page of the 502.',
  fix:
    'Ask the team of the proxy for the reason in its log. Allow CONNECT from the connector to *.msappproxy.net:443 and ' +
    '*.servicebus.windows.net:443.',
  refutedIf: 'The proxy’s log, or Proxy-Status, names a failure of DNS, connection or TLS towards the destination.',
  alternatives: untoldReasons,
  needs: [
    { says: 'a 502 to CONNECT', seen: (view) => events(tunnelReplies(view).filter(({ status }) => status === 502)) },
    {
      says: 'a 502 to CONNECT that no failure of the proxy itself explains',
      seen: (view) => events(tunnelReplies(view).filter((reply) => isRefusal(view, reply))),
    },
  ],
  find: (view) =>
    tunnelReplies(view)
      .filter((reply) => isRefusal(view, reply))
      .map((reply) => ({
        about: reply.proxy,
        confidence: reply.reason === undefined ? 'likely' : 'certain',
        why:
          `${reply.proxy} answered CONNECT ${reply.host}:${reply.port} with 502` +
          (reply.reason === undefined ? ' and gave no reason.' : `; its Proxy-Status says ${reply.reason}.`),
        evidence: reply.evidence,
        explains: seqs(reply.owner?.attempt.events, reply.owner?.request.finished),
        ...(reply.reason === undefined ? {} : { alternatives: [] }),
      })),
});

const isRefusal = (view: View, reply: Reply): boolean =>
  reply.status === 502 && !reply.overcome && isByPolicy(reply) && !triedAndFailed(view, reply);

const triedAndFailed = (view: View, { request, response }: Reply): boolean =>
  pick(view.onConnection(response.data.conn), 'proxy.upstream-failed').some(
    ({ seq }) => seq > (request?.seq ?? 0) && seq < response.seq,
  );
