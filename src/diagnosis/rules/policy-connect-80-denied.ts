import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { events, isByPolicy, isTunnel, tunnelReplies } from '../proxy-replies.ts';
import type { Reply } from '../proxy-replies.ts';
import { rule } from '../rule.ts';

const denied = (view: View): Reply[] =>
  tunnelReplies(view).filter(
    (reply) => reply.status === 403 && reply.port === 80 && !reply.overcome && isByPolicy(reply),
  );

const allowed = (view: View): Reply[] => tunnelReplies(view).filter((reply) => isTunnel(reply) && reply.port === 443);

export const policyConnect80Denied = rule({
  id: 'policy-connect-80-denied',
  title: 'The proxy tunnels to port 443 only',
  severity: 'error',
  summary:
    'CONNECT to port 443 passes, CONNECT to port 80 is answered with 403. Many proxies allow tunnels to 443 only as ' +
    'they are installed (Squid’s SSL_ports); the connector’s certificate checks need 80 as well.',
  confirm:
    'Filter `http.request.method=="CONNECT"` and compare the ports that get 403 with those that get 200 (Message ' +
    'Analyzer: `(https.Request or https.Response) and tcp.port==8080`, with the port of your proxy).',
  fix: 'Allow CONNECT to port 80 beside 443 on the proxy, at least to the certificate hosts of the connector’s port list.',
  refutedIf: 'Another CONNECT to port 80 passes: then the name is refused, not the port.',
  alternatives: [
    {
      id: 'policy-403-fqdn',
      tellApart: 'The same name on port 443 is refused too, and another name on port 80 passes.',
    },
  ],
  needs: [{ says: 'a 403 to CONNECT on port 80', seen: (view) => events(denied(view)) }],
  find: (view) => {
    if (tunnelReplies(view).some((reply) => isTunnel(reply) && reply.port === 80)) return [];
    return denied(view).map((reply) => {
      const passed = allowed(view).filter(({ response }) => response.data.proxy === reply.response.data.proxy);
      const same = passed.find(({ host }) => host === reply.host);
      const shown = same ?? passed[0];
      return {
        about: reply.proxy,
        confidence: same ? 'certain' : 'likely',
        why:
          `${reply.proxy} answered CONNECT ${reply.host}:80 with 403` +
          (shown ? `, but ${shown.host}:443 with ${shown.status}.` : '.'),
        evidence: [...reply.evidence, ...seqs(shown?.response)],
        explains: seqs(reply.owner?.attempt.events, reply.owner?.request.finished),
        ...(same ? { alternatives: [] } : {}),
      };
    });
  },
});
