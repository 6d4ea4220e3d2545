import type { TraceEvent } from '../../trace/events.ts';
import { atLine, callsOf, evaluationsOf, sayRoute, scriptMatch, textArgument } from '../evaluations.ts';
import { rule } from '../rule.ts';

/** True although the host is neither the domain nor below it. */
function isTrapped(call: TraceEvent<'pac.called'>): boolean {
  const [host, domain] = [textArgument(call, 0), textArgument(call, 1)];
  if (call.data.helper !== 'dnsDomainIs' || call.data.result !== true || domain === '') return false;
  return !domain.startsWith('.') && host !== domain && host.endsWith(domain) && !host.endsWith(`.${domain}`);
}

export const pacDnsdomainisSuffixTrap = rule({
  id: 'pac-dnsdomainis-suffix-trap',
  title: 'dnsDomainIs without a leading dot lets look-alike hosts in',
  severity: 'error',
  summary:
    'dnsDomainIs compares the end of the text, nothing more: "evilcontoso.com" ends with "contoso.com". A stranger’s ' +
    'host then takes the inside branch, past the proxy and its inspection.',
  confirm: '`paclab pac lint wpad.dat` lists such calls.',
  fix: 'Write the dot: dnsDomainIs(host, ".contoso.com") || host == "contoso.com".',
  refutedIf: 'The host that matched does belong to the organisation.',
  alternatives: [],
  needs: [
    {
      says: 'a host that only looks like one of the domain',
      seen: (view) => view.ofType('pac.called').filter(isTrapped),
    },
  ],
  find: (view) =>
    evaluationsOf(view).flatMap((evaluation) => {
      const call = callsOf(evaluation, 'dnsDomainIs').find(isTrapped);
      if (!call) return [];
      const [host, domain] = [textArgument(call, 0), textArgument(call, 1)];
      const why = `dnsDomainIs("${host}", "${domain}")${atLine(call)} is true though ${host} is not below ${domain}; ${evaluation.client} ${sayRoute(evaluation)}.`;
      return [scriptMatch([evaluation], { confidence: 'certain', why, evidence: [call.seq] })];
    }),
});
