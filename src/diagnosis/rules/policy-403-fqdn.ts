import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { denials, evidenceOf, hostsOf, isSignIn, isTotal, listed, plainDenials, verdictsOf } from '../denials.ts';
import { events, isTunnel, tunnelReplies } from '../proxy-replies.ts';
import type { Reply } from '../proxy-replies.ts';
import type { Alternative } from '../../finding.ts';
import { everyName, wholeSuffix } from '../refusals.ts';
import { rule } from '../rule.ts';
import type { Match } from '../rule.ts';
import { isFaked } from '../tunnel-tls.ts';

/** What registration needs has a rule of its own. */
const denied = (view: View): Reply[] => [
  ...denials(view).filter((reply) => reply.port === 443 && !isSignIn(reply)),
  ...plainDenials(view, 403),
];

/** Refused beside it for registration, where the proxy refuses everything: that is one gap, not one for each use. */
const besides = (view: View, reply: Reply): Reply[] =>
  verdictsOf(view).flatMap((verdicts) =>
    verdicts.denied.includes(reply) && isTotal(verdicts) ? verdicts.denied.filter(isSignIn) : [],
  );

/** Tunnels that led somewhere. */
const opened = (view: View): Reply[] => tunnelReplies(view).filter((reply) => isTunnel(reply) && !isFaked(view, reply));

const registration: Alternative = {
  id: 'policy-registration-hosts-missing',
  tellApart: 'The names of the service pass once they are allowed, and those of registration are still refused.',
};

export const policy403Fqdn = rule({
  id: 'policy-403-fqdn',
  title: 'The proxy does not allow this destination',
  severity: 'error',
  summary:
    'CONNECT to a required name on port 443, or a plain request for an application, is answered with 403: the name is not ' +
    'on the proxy’s allow list.',
  confirm:
    'Filter `http.request.method=="CONNECT" || http.response.code==403` (Message Analyzer: `(https.Request or ' +
    'https.Response) and tcp.port==8080`, with the port of your proxy). Compare the names that get 403 with those that get 200.',
  fix: 'Allow CONNECT to this name on port 443 for the connector’s machine, without authentication; best as *.msappproxy.net and *.servicebus.windows.net; for an application, plain http to its host and port.',
  refutedIf: 'The same CONNECT from the same machine is answered with 200.',
  alternatives: [everyName],
  needs: [{ says: 'a 403 to CONNECT on port 443, or to a plain request', seen: (view) => events(denied(view)) }],
  find: (view) =>
    denied(view).map((reply) => {
      if (reply.method !== 'CONNECT') return plainly(reply);
      const allowed = opened(view).find(
        ({ response, host, port }) =>
          port === 443 && host !== reply.host && response.data.proxy === reply.response.data.proxy,
      );
      const others = besides(view, reply);
      return {
        about: `${reply.host} at ${reply.proxy}`,
        confidence: allowed ? 'certain' : 'likely',
        why:
          `${reply.proxy} answered CONNECT ${reply.host}:443 with 403` +
          (others.length > 0 ? `, and ${listed(hostsOf(others))}, which registration needs, as well` : '') +
          (allowed ? `, and ${allowed.host}:443 with ${allowed.status}.` : '.'),
        fix: `On ${reply.proxy} allow CONNECT to ${reply.host}:443 for the connector’s machine, without authentication.`,
        evidence: [...reply.evidence, ...seqs(allowed?.response), ...evidenceOf(others)],
        explains: seqs(reply.owner?.attempt.events, reply.owner?.request.finished),
        alternatives: [
          ...(allowed ? [] : [everyName]),
          ...(others.length > 0 ? [registration] : []),
          ...wholeSuffix(reply),
        ],
      };
    }),
});

/** Only the proxy’s own page tells it from an answer of the application that no log has. */
const plainly = (reply: Reply): Match => ({
  about: `${reply.host}:${reply.port} at ${reply.proxy}`,
  confidence: reply.reason === undefined && reply.page === undefined ? 'likely' : 'certain',
  why: `${reply.proxy} answered ${reply.method} ${reply.response.data.target} with 403 and did not pass it on.`,
  fix: `On ${reply.proxy} allow plain http to ${reply.host}:${reply.port} for the connector’s machine, without authentication.`,
  evidence: reply.evidence,
  explains: seqs(reply.owner?.attempt.events, reply.owner?.request.finished),
  alternatives: [],
});
