import { namesByAddress } from '../../trace/dials.ts';
import { kept, seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { allOf } from '../candidates.ts';
import { scriptFault } from '../fail-open.ts';
import { rule } from '../rule.ts';
import { accepted, decidedBy, dhcpSearchesOf, dnsSearchesOf, fellAfter, wholeSearch } from '../wpad.ts';
import type { DnsSearch } from '../wpad.ts';

/** A client that DHCP sent elsewhere than DNS sent another one. */
const rivals = kept((view) =>
  dhcpSearchesOf(view).flatMap((dhcp) => {
    const { url } = dhcp.finished.data;
    const dns = dnsSearchesOf(view).find((search) => search.client !== dhcp.client && accepted(search));
    const script = dns && accepted(dns);
    return url !== null && script && !leadsTo(view, url, dns) ? [{ dhcp, dns, script, url }] : [];
  }),
);

/** The host of the URL is the one that wpad stands for, by name or by address. */
function leadsTo(view: View, url: string, { names, addresses }: DnsSearch): boolean {
  const { hostname } = new URL(url);
  const known = [...namesByAddress(view)].flatMap(([ip, owners]) => (owners.has(hostname) ? [ip] : []));
  return [hostname, ...known].some((one) => names.includes(one) || addresses.includes(one));
}

export const dhcp252WinsOverDns = rule({
  id: 'dhcp252-wins-over-dns',
  title: 'DHCP option 252 names another script than DNS does, and wins',
  severity: 'warning',
  summary:
    'Windows asks DHCP first and DNS only when option 252 is not there. A forgotten option keeps sending these clients ' +
    'to an old script, while everything that asks DNS (browsers on Linux and macOS) gets the right one.',
  confirm:
    'Filter `dhcp.option.type==252 || dns.qry.name contains "wpad" || http.request.uri contains "wpad.dat"`: the ' +
    'client fetches from the host in the option and never asks DNS for wpad.',
  fix: 'Correct option 252 in the DHCP scope or take it out, so that both ways lead to one script; then restart the clients.',
  refutedIf: 'Both addresses serve the same script.',
  alternatives: [{ id: 'dhcp252-rogue-server', tellApart: 'The option comes from a DHCP server that is not yours.' }],
  needs: [
    {
      says: 'one client that took a script from DHCP, and another that took a different one from DNS',
      seen: (view) => rivals(view).flatMap(({ dhcp, script }) => [dhcp.finished, script]),
    },
  ],
  find: (view) =>
    rivals(view).map(({ dhcp, dns, script, url }) => {
      const { client, started, answers, finished, downloads } = dhcp;
      const decided = decidedBy(view, dhcp);
      const failed = decided.filter(({ ok }) => !ok);
      // Some get through all the same, after a proxy of the wrong script has failed.
      const astray = decided.filter(({ ok, attempts }) => !ok || attempts.some(({ failure }) => failure !== null));
      const fell = fellAfter(view, dhcp);
      const evidence = seqs(answers, started, finished, downloads, failed[0]?.routes, failed[0]?.finished, script);
      const fault = scriptFault(view, evidence, fell);
      const lost = failed[0] ? `; ${failed[0].url} failed by ${failed[0].routes?.data.routes.join('; ')}` : '';
      return {
        about: url,
        severity: failed.length > 0 ? 'error' : fault.severity,
        confidence: 'certain',
        why: `DHCP sent ${client} to ${url} and it never asked DNS, which sends ${dns.client} to ${script.data.url}${lost}${fault.then}.`,
        evidence: fault.evidence,
        explains: [...seqs(wholeSearch(view, dhcp)), ...astray.flatMap(allOf), ...fault.explains],
      };
    }),
});
