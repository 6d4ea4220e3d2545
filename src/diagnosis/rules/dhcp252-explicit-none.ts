import { kept, seqs } from '../../trace/view.ts';
import { searchesWith } from '../option252.ts';
import { rule } from '../rule.ts';
import { accepted, decidedBy, dnsSearchesOf } from '../wpad.ts';

/** DHCP meant to say that there is no proxy, and the client went on to DNS and found one. */
const unheard = kept((view) =>
  searchesWith(view, 'none-meant').flatMap((dhcp) => {
    const dns = dnsSearchesOf(view).find(
      ({ client, started }) => client === dhcp.client && started.seq > dhcp.finished.seq,
    );
    const script = dns && accepted(dns);
    return script ? [{ dhcp, dns, script }] : [];
  }),
);

export const dhcp252ExplicitNone = rule({
  id: 'dhcp252-explicit-none',
  title: 'DHCP says that there is no proxy, and the client asks DNS all the same',
  severity: 'warning',
  summary:
    'An empty option 252, or urn:wpadng:none, is meant to end the search. Only clients that know the WPADNG draft stop ' +
    'there; to all others it is a bad URL, and they go on to DNS, where a wpad record still leads to a script.',
  confirm:
    'Filter `dhcp.option.type==252 || dns.qry.name contains "wpad"`: an ACK with an empty option, then the question ' +
    'for wpad and its answer.',
  fix:
    'Take wpad out of DNS too, or serve a script there that returns DIRECT; switch detection off on machines of this ' +
    'network. Option 252 cannot do it alone.',
  refutedIf: 'The option is empty by mistake, and a proxy is wanted here.',
  alternatives: [
    { id: 'dhcp252-malformed-url', tellApart: 'The value was meant to be a URL and was lost in the server’s form.' },
  ],
  needs: [
    {
      says: 'an option 252 that means none, and a script found by DNS after it',
      seen: (view) => unheard(view).flatMap(({ dhcp, script }) => [...dhcp.answers, script]),
    },
  ],
  find: (view) =>
    unheard(view).map(({ dhcp, dns, script }) => {
      const [request] = decidedBy(view, dns);
      const took = request ? `, and sent ${request.url} to ${request.routes?.data.routes.join('; ')}` : '';
      return {
        about: dhcp.client,
        confidence: 'likely',
        why: `Option 252 is ${JSON.stringify(dhcp.value)}, yet ${dhcp.client} went on to DNS and took ${script.data.url}${took}.`,
        evidence: seqs(
          dhcp.answers,
          dhcp.finished,
          dns.answers,
          dns.finished,
          script,
          request?.routes,
          request?.finished,
        ),
      };
    }),
});
