import { kept, seqs } from '../../trace/view.ts';
import { climbsOf } from '../devolution.ts';
import { rule } from '../rule.ts';
import { accepted, decidedBy, hostSearchesOf, isForeign } from '../wpad.ts';

/** A script was taken from a public address that the client's own suffix led to. */
const foreign = kept((view) =>
  hostSearchesOf(view).flatMap((search) => {
    const script = accepted(search);
    const climbed = climbsOf(view).some(({ found }) => found === search);
    const html = /html/i.test(script?.data.type ?? '');
    return script && isForeign(search.addresses) && !climbed && !html ? [{ search, script }] : [];
  }),
);

export const wpadDnsNameCollision = rule({
  id: 'wpad-dns-name-collision',
  title: 'wpad of an internal suffix resolves to a public address, and its script is used',
  severity: 'error',
  summary:
    'Away from the office the suffix of the machine is asked of the public DNS. Since that name became a public domain, ' +
    'somebody else can answer for wpad and send all web traffic of the machine where he likes (US-CERT TA16-144A).',
  confirm:
    'Filter `dns.qry.name contains "wpad" && dns.a` and look who owns the address; `http.request.uri contains ' +
    '"wpad.dat"` shows the fetch. Ask the office’s resolver for the same name.',
  fix:
    'Switch automatic detection off on machines that leave the office, use a suffix that you own, and block outbound ' +
    'questions for wpad. Until then, register the colliding name or have it sinkholed.',
  refutedIf: 'The public address belongs to the organisation, which serves its script to the world.',
  alternatives: [
    {
      id: 'wpad-dns-devolution-escapes-org',
      tellApart:
        'The name that was asked is above the machine’s own domain: it took labels off its suffix until a stranger answered.',
    },
    {
      id: 'wpad-split-horizon-mismatch',
      tellApart: 'The address is that of your own DMZ, as the external view of your own zone gives it.',
    },
    {
      id: 'wpad-dns-nxdomain-hijack',
      tellApart: 'Any made-up name resolves to the same address: the resolver invents answers.',
    },
  ],
  needs: [
    {
      says: 'a script taken from a public address that wpad resolved to',
      seen: (view) => foreign(view).map(({ script }) => script),
    },
  ],
  find: (view) =>
    foreign(view).map(({ search, script }) => {
      const { client, names, addresses, answers, started, finished } = search;
      const [request] = decidedBy(view, search);
      const [routes] = request?.ofType('pac.answered') ?? [];
      const took = routes ? `, and sent ${request?.url} to ${routes.data.routes.join('; ')}` : '';
      return {
        about: names.join(' '),
        confidence: 'likely',
        why: `${names.at(-1)} is ${addresses.join(', ')} for ${client}, a public address; it took its script from there${took}.`,
        evidence: seqs(started, answers, finished, script, routes, request?.finished),
      };
    }),
});
