import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { plainDenials } from '../denials.ts';
import { events, isByPolicy, triedAndFailed, tunnelReplies } from '../proxy-replies.ts';
import type { Reply } from '../proxy-replies.ts';
import { untoldReasons } from '../refusals.ts';
import { rule } from '../rule.ts';

const all = (view: View): Reply[] => [
  ...tunnelReplies(view).filter(({ status }) => status === 502),
  ...plainDenials(view, 502),
];

const refusals = (view: View): Reply[] =>
  all(view).filter((reply) => !reply.overcome && isByPolicy(reply) && !triedAndFailed(view, reply));

export const policy502Deny = rule({
  id: 'policy-502-deny',
  title: 'The proxy refuses the request with 502',
  severity: 'error',
  summary:
    'CONNECT, or a plain request for an application, is answered with 502, and nothing says that the proxy tried to reach ' +
    'the destination. Some products use 502 for what they do not allow; the standard reading is a next hop that failed.',
  confirm:
    'Filter `http.request.method=="CONNECT" || http.response.code==502` (Message Analyzer: `(https.Request or ' +
    'https.Response) and tcp.port==8080`, with the port of your proxy). Read Proxy-Status and the page of the 502.',
  fix:
    'Ask the team of the proxy for the reason in its log. Allow CONNECT from the connector to *.msappproxy.net:443 and ' +
    '*.servicebus.windows.net:443; for an application, plain http to its host and port.',
  refutedIf: 'The proxy’s log, or Proxy-Status, names a failure of DNS, connection or TLS towards the destination.',
  alternatives: untoldReasons,
  needs: [
    { says: 'a 502 to CONNECT or to a plain request', seen: (view) => events(all(view)) },
    {
      says: 'such a 502 that no failure of the proxy itself explains',
      seen: (view) => events(refusals(view)),
    },
  ],
  find: (view) =>
    refusals(view).map((reply) => ({
      about: reply.proxy,
      confidence: reply.reason === undefined ? 'likely' : 'certain',
      why:
        `${reply.proxy} answered ${reply.method} ${reply.host}:${reply.port} with 502` +
        (reply.reason === undefined ? ' and gave no reason.' : `; its Proxy-Status says ${reply.reason}.`),
      evidence: reply.evidence,
      explains: seqs(reply.owner?.attempt.events, reply.owner?.request.finished),
      ...(reply.reason === undefined ? {} : { alternatives: [] }),
    })),
});
