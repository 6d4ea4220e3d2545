import { kept, seqs } from '../../trace/view.ts';
import { rule } from '../rule.ts';
import { accepted, decidedBy, hostSearchesOf } from '../wpad.ts';

/** wpad resolves to a machine that is itself a client of this network. */
const usurped = kept((view) =>
  hostSearchesOf(view).flatMap((search) => {
    const script = accepted(search);
    const machines = view
      .ofType('client.started')
      .filter(({ data }) => data.client !== search.client && search.addresses.includes(data.address));
    return script && machines.length > 0 ? [{ search, script, machines }] : [];
  }),
);

export const wpadDynamicUpdateHijack = rule({
  id: 'wpad-dynamic-update-hijack',
  title: 'wpad resolves to a workstation',
  severity: 'error',
  summary:
    'The address of wpad is that of a machine that works as a client here. Where DNS takes dynamic updates, whoever ' +
    'calls a machine wpad owns that name, and with it the web traffic of the zone.',
  confirm:
    'Filter `dns.qry.name contains "wpad" && dns.a`, then `ip.src==<that address>`: a web server that browses. ' +
    'In the zone the record has a time stamp (dynamic), and the DHCP lease names the machine.',
  fix:
    'Delete the record, find the machine, allow secure updates only, and reserve the name: a static record, or the ' +
    'global query block list of the DNS server, which exists for this.',
  refutedIf: 'The machine at that address is meant to serve the script.',
  alternatives: [],
  needs: [
    {
      says: 'a machine that is a client itself, at the address of wpad',
      seen: (view) => usurped(view).flatMap(({ machines }) => machines),
    },
  ],
  find: (view) =>
    usurped(view).map(({ search, script, machines }) => {
      const [request] = decidedBy(view, search);
      const [routes] = request?.ofType('pac.answered') ?? [];
      const took = routes ? `; its script sends ${request?.url} to ${routes.data.routes.join('; ')}` : '';
      return {
        about: search.addresses.join(' '),
        confidence: 'likely',
        why: `${search.names.at(-1)} is ${search.addresses.join(', ')}, the address of the client ${machines[0]?.data.client}${took}.`,
        evidence: seqs(machines, search.answers, script, routes, request?.finished),
      };
    }),
});
