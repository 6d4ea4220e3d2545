import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { denials } from '../denials.ts';
import { events, isTunnel, tunnelReplies } from '../proxy-replies.ts';
import type { Reply } from '../proxy-replies.ts';
import type { Alternative } from '../../finding.ts';
import { rule } from '../rule.ts';
import { isFaked } from '../tunnel-tls.ts';
import { useOf, wildcardOf } from '../service-hosts.ts';

/** What registration needs has a rule of its own. */
const denied = (view: View): Reply[] =>
  denials(view).filter(({ host, port }) => port === 443 && useOf(host, port) !== 'sign-in');

/** Tunnels that led somewhere. */
const opened = (view: View): Reply[] => tunnelReplies(view).filter((reply) => isTunnel(reply) && !isFaked(view, reply));

const everyName: Alternative = {
  id: 'policy-connect-443-denied',
  tellApart: 'CONNECT to any other name on 443 is refused as well: the method is forbidden, not the name.',
};

export const policy403Fqdn = rule({
  id: 'policy-403-fqdn',
  title: 'The proxy does not allow this destination',
  severity: 'error',
  summary: 'CONNECT to a required name on port 443 is answered with 403: the name is not on the proxy’s allow list.',
  confirm:
    'Filter `http.request.method=="CONNECT" || http.response.code==403` (Message Analyzer: `(https.Request or ' +
    'https.Response) and tcp.port==8080`, with the port of your proxy). Compare the names that get 403 with those that get 200.',
  fix: 'Allow CONNECT to this name on port 443 for the connector’s machine, without authentication; best as *.msappproxy.net and *.servicebus.windows.net.',
  refutedIf: 'The same CONNECT from the same machine is answered with 200.',
  alternatives: [everyName],
  needs: [{ says: 'a 403 to CONNECT on port 443', seen: (view) => events(denied(view)) }],
  find: (view) =>
    denied(view).map((reply) => {
      const allowed = opened(view).find(
        ({ response, host, port }) =>
          port === 443 && host !== reply.host && response.data.proxy === reply.response.data.proxy,
      );
      return {
        about: `${reply.host} at ${reply.proxy}`,
        confidence: allowed ? 'certain' : 'likely',
        why:
          `${reply.proxy} answered CONNECT ${reply.host}:443 with 403` +
          (allowed ? `, and ${allowed.host}:443 with ${allowed.status}.` : '.'),
        fix: `On ${reply.proxy} allow CONNECT to ${reply.host}:443 for the connector’s machine, without authentication.`,
        evidence: [...reply.evidence, ...seqs(allowed?.response)],
        explains: seqs(reply.owner?.attempt.events, reply.owner?.request.finished),
        alternatives: [...(allowed ? [] : [everyName]), ...wholeSuffix(reply)],
      };
    }),
});

/** One name of a suffix cannot tell whether the others are missing too. */
function wholeSuffix({ host }: Reply): Alternative[] {
  const wildcard = wildcardOf(host);
  if (wildcard === undefined) return [];
  const id = wildcard === '*.msappproxy.net' ? 'policy-servicebus-only' : 'policy-msappproxy-only';
  return [
    { id, tellApart: `Other names below ${wildcard.slice(2)} are refused as well: the whole suffix is missing.` },
  ];
}
