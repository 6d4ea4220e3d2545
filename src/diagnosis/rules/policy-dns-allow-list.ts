import { requestsOf } from '../../trace/requests.ts';
import type { TraceEvent } from '../../trace/events.ts';
import { groupIn, seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { listed } from '../denials.ts';
import { rule } from '../rule.ts';
import type { Match } from '../rule.ts';
import { isListed, serviceWildcards, wildcardOf } from '../service-hosts.ts';

type Answer = TraceEvent<'dns.answer'>;

/** These names exist for everybody else. */
const isKept = ({ data }: Answer): boolean =>
  (data.rcode === 'NXDOMAIN' || data.rcode === 'REFUSED') && isListed(data.name) && wildcardOf(data.name) === undefined;

const isGiven = ({ data }: Answer): boolean => data.answers.length > 0 && wildcardOf(data.name) !== undefined;

/** By who asked whom. */
function find(view: View): Match[] {
  const askers = new Map<string, Answer[]>();
  for (const event of view.ofType('dns.answer'))
    groupIn(askers, `${event.data.client} ${event.data.server}`, () => []).push(event);
  return [...askers.values()].flatMap((answers) => match(view, answers));
}

function match(view: View, answers: readonly Answer[]): Match[] {
  const refused = answers.filter(isKept);
  const given = answers.find(isGiven);
  const [first] = refused;
  if (!first || !given) return [];
  const names = [...new Set(refused.map(({ data }) => data.name))];
  const hurt = requestsOf(view).filter(({ target }) => names.includes(target.host));
  return [
    {
      about: first.data.server,
      confidence: first.data.rcode === 'REFUSED' || names.length > 1 ? 'certain' : 'likely',
      why:
        `The resolver ${first.data.server} answers ${listed(names)} with ${first.data.rcode}, and ${given.data.name} with an address: ` +
        'it knows the service’s suffixes and keeps other required names back.',
      evidence: seqs(
        given,
        refused,
        hurt.map(({ finished }) => finished),
      ),
      explains: seqs(
        refused,
        hurt.flatMap(({ events }) => events),
      ),
    },
  ];
}

export const policyDnsAllowList = rule({
  id: 'policy-dns-allow-list',
  title: 'The resolver knows only the names on a list',
  severity: 'error',
  summary:
    'DNS is filtered by name: the service’s two suffixes resolve, the hosts for sign-in, registration or certificate checks do ' +
    'not. Everything looks allowed, until one of those is needed.',
  confirm:
    'Filter `dns.flags.rcode != 0` (Message Analyzer: `DNS`). Compare `nslookup login.microsoftonline.com` and `nslookup crl3.digicert.com` here and at a public resolver.',
  fix:
    `Add to the resolver’s list, beside ${serviceWildcards.join(' and ')}: the six certificate hosts (crl3, crl4 and ocsp.digicert.com, ` +
    'crl.microsoft.com, oneocsp.microsoft.com, ocsp.msocsp.com), the registration hosts, ctldl.windowsupdate.com and www.microsoft.com.',
  refutedIf: 'A public resolver gives the same answer for these names.',
  alternatives: [],
  needs: [
    {
      says: 'NXDOMAIN or REFUSED for a name of the connector’s list',
      seen: (view) => view.ofType('dns.answer').filter(isKept),
    },
    {
      says: 'an address for a name below one of the service’s suffixes',
      seen: (view) => view.ofType('dns.answer').filter(isGiven),
    },
  ],
  find,
});
