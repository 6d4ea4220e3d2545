import type { Alternative } from '../../finding.ts';
import { eventsOf, failedFetches, isRefusal, wayOut } from '../certificate-fetches.ts';
import { inMessageAnalyzer } from '../filters.ts';
import { untoldReasons } from '../refusals.ts';
import { rule } from '../rule.ts';
import type { View } from '../../trace/view.ts';

const blocked = (view: View) =>
  failedFetches(view).filter((fetch) => fetch.use === 'certificates' && isRefusal(view, fetch));

export const policyCrl80Blocked = rule({
  id: 'policy-crl-80-blocked',
  title: 'Revocation lists and OCSP on port 80 are refused',
  severity: 'error',
  summary:
    'Certificates are verified by plain http on port 80, and the proxy or the firewall refuses it at once. What comes of that ' +
    'depends on who checks: WinHTTP reports 12057 where revocation must be known, others go on without.',
  confirm:
    `Filter \`tcp.port==80 || http.request.uri contains "crl" || http.request.uri contains "ocsp"\` ${inMessageAnalyzer}. On the server: ` +
    '`certutil -url http://crl3.digicert.com/DigiCertGlobalRootG2.crl`.',
  fix:
    'Allow 80/HTTP, without authentication, to crl3.digicert.com, crl4.digicert.com, ocsp.digicert.com, crl.microsoft.com, ' +
    'oneocsp.microsoft.com and ocsp.msocsp.com, and CONNECT to port 80 beside 443 on the proxy.',
  refutedIf: 'The same URL is answered with a list when the same account fetches it.',
  alternatives: [],
  needs: [
    { says: 'a refused request to a certificate host on port 80', seen: (view) => eventsOf(view, blocked(view)) },
  ],
  find: (view) =>
    blocked(view).map(({ url, by, says, outcome, status, evidence, explains }) => ({
      about: by,
      // Only 403 says that it is meant; the network's own refusal needs no words.
      confidence: status === null || status === 403 ? 'certain' : 'likely',
      alternatives: [...(readings[status ?? 0] ?? [])],
      why: `${says}: whoever verifies a certificate by ${new URL(url).host} gets nothing.`,
      // What the machine does get out to is a part of what tells.
      evidence: [...(outcome === 'denied' ? [] : wayOut(view, url)), ...evidence],
      explains,
    })),
});

/** One answer cannot show that the proxy means port 80, or this name. */
const wider = (id: string): Alternative[] => [
  { id, tellApart: 'Other URLs, or CONNECT to other names, get the same answer: then it is no matter of port 80.' },
];

/** What this status may mean besides. */
const readings: Readonly<Record<number, readonly Alternative[]>> = {
  500: wider('policy-icap-down'),
  502: [...wider('policy-502-deny'), ...untoldReasons],
};
