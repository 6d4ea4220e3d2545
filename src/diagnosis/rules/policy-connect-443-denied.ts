import { deniedNeed, evidenceOf, explainedBy, hostsOf, listed, verdictsOf } from '../denials.ts';
import type { Verdicts } from '../denials.ts';
import { inMessageAnalyzer } from '../filters.ts';
import { repliesOf } from '../proxy-replies.ts';
import type { Reply } from '../proxy-replies.ts';
import { rule } from '../rule.ts';
import type { Match } from '../rule.ts';
import type { View } from '../../trace/view.ts';

const plainPass = (view: View, proxy: string): Reply | undefined =>
  repliesOf(view).find(
    ({ method, status, response }) => method !== 'CONNECT' && status < 400 && response.data.proxy === proxy,
  );

function match(view: View, { denied, passed }: Verdicts): Match[] {
  const [first] = denied;
  const names = hostsOf(denied.filter(({ port }) => port === 443));
  if (!first || names.length < 2 || passed.length > 0) return [];
  const plain = plainPass(view, first.response.data.proxy);
  if (!plain) return [];
  return [
    {
      about: first.proxy,
      confidence: 'certain',
      why:
        `${first.proxy} answered CONNECT to ${listed(names)} with 403 and opened no tunnel at all, but passed ` +
        `${plain.method} ${plain.response.data.target} on (${plain.status}): the method is refused, not the names.`,
      evidence: [...evidenceOf(denied), plain.response.seq],
      explains: explainedBy(denied),
    },
  ];
}

export const policyConnect443Denied = rule({
  id: 'policy-connect-443-denied',
  title: 'The proxy forbids the method CONNECT',
  severity: 'error',
  summary:
    'Every CONNECT gets 403, whatever the name, while plain http passes. The connector’s connections are TLS, and TLS ' +
    'passes a proxy only in a tunnel.',
  confirm:
    `Filter \`http.request.method=="CONNECT" || http.request.method=="GET"\` ${inMessageAnalyzer}: all CONNECT get 403, ` +
    'GET to http hosts gets 200.',
  fix: 'On the proxy allow the method CONNECT to ports 443 and 80 for the connector’s machine, without authentication.',
  refutedIf: 'A CONNECT to any name is answered with 200.',
  alternatives: [],
  needs: [deniedNeed('on port 443', ({ port }) => port === 443)],
  find: (view) => verdictsOf(view).flatMap((verdicts) => match(view, verdicts)),
});
