import { requestsOf } from '../../trace/requests.ts';
import type { Request } from '../../trace/requests.ts';
import { kept, pick, seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { allOf, shown } from '../candidates.ts';
import { wasProxied } from '../people.ts';
import { rule } from '../rule.ts';

interface Nameless {
  request: Request;
  /** The same destination by a proxy, which resolves names elsewhere. */
  passed: Request;
}

/** Without a proxy and without a script, and the name was not to be had. */
const isNameless = ({ attempts, ofType, target }: Request): boolean =>
  attempts.length > 0 &&
  attempts.every(({ proxy, failure }) => proxy === null && failure?.startsWith('dns.') === true) &&
  ofType('pac.answered').length === 0 &&
  target.host.includes('.');

const nameless = kept((view): readonly Nameless[] =>
  requestsOf(view).flatMap((request) => {
    if (!isNameless(request) || answersTo(view, request).length === 0) return [];
    const passed = requestsOf(view).find((one) => one.target.host === request.target.host && wasProxied(one));
    return passed ? [{ request, passed }] : [];
  }),
);

/** What the client's own resolver said. */
const answersTo = (view: View, { started, finished, target }: Request) =>
  pick(view.between(started.seq, finished?.seq ?? started.seq), 'dns.answer').filter(
    ({ data }) => data.name.toLowerCase() === target.host.toLowerCase(),
  );

export const envInternalDnsOnly = rule({
  id: 'env-internal-dns-only',
  title: 'This network resolves inside names only; without the proxy no name of the Internet can be had',
  severity: 'error',
  summary:
    'The resolver of the inside refuses or does not know names of the Internet; the proxy has another. Whatever goes by the ' +
    'proxy works, whatever goes direct fails before the first SYN, and dnsResolve in a script finds nothing.',
  confirm:
    'Filter `dns.flags.rcode != 0`: REFUSED or NXDOMAIN for the destination, no SYN after it; CONNECT with the same name gets 200.',
  fix: 'Send this program by the proxy too; or let the resolver forward names of the Internet, if direct traffic is meant to work at all.',
  refutedIf: '`nslookup` on this machine resolves the name.',
  alternatives: [],
  needs: [
    {
      says: 'a direct request whose name could not be resolved, and one by a proxy to the same host that got through',
      seen: (view) => nameless(view).flatMap(({ request, passed }) => [request.started, passed.started]),
    },
  ],
  find: (view) =>
    nameless(view).map(({ request, passed }) => {
      const answers = answersTo(view, request);
      const said = [...new Set(answers.map(({ data }) => data.rcode))].join(' and ');
      return {
        about: request.client,
        confidence: 'certain',
        why: `${request.client} asked for ${request.target.host} itself and got ${said}; ${passed.client} reached it by ${passed.attempts.at(-1)?.route ?? ''}, which resolves it.`,
        evidence: seqs(
          answers,
          request.ofType('dns.resolved'),
          request.attempts[0] && shown(request, request.attempts[0]),
          request.finished,
          passed.routes,
          passed.finished,
        ),
        explains: allOf(request),
      };
    }),
});
