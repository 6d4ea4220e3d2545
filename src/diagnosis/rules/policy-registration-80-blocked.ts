import { eventsOf, failedFetches, isRefusal, wayOut } from '../certificate-fetches.ts';
import type { CertificateFetch } from '../certificate-fetches.ts';
import { inMessageAnalyzer } from '../filters.ts';
import { rule } from '../rule.ts';
import type { View } from '../../trace/view.ts';

/** Silence, too, counts only where the network lets the machine out at all. */
const isBlocked = (view: View, fetch: CertificateFetch): boolean =>
  isRefusal(view, fetch) || (fetch.outcome === 'silent' && wayOut(view, fetch.url).length > 0);

const blocked = (view: View): CertificateFetch[] =>
  failedFetches(view).filter((fetch) => fetch.use === 'trust' && isBlocked(view, fetch));

export const policyRegistration80Blocked = rule({
  id: 'policy-registration-80-blocked',
  title: 'Trust list or intermediate certificates on port 80 are refused',
  severity: 'error',
  summary:
    'During registration Windows fetches its trust list from ctldl.windowsupdate.com and intermediates from ' +
    'www.microsoft.com/pkiops by plain http. Without them a chain that is new to the machine does not verify. A rule for the ' +
    'host alone is not enough where the proxy judges paths.',
  confirm: `Filter \`http.request.uri contains "pkiops" || http.request.uri contains "authrootstl"\` ${inMessageAnalyzer} and read the answers.`,
  fix: 'Allow 80/HTTP, without authentication, to ctldl.windowsupdate.com and to www.microsoft.com/pkiops with everything below it.',
  refutedIf: 'The same URL is answered with its content when the same account fetches it.',
  alternatives: [],
  needs: [
    {
      says: 'a refused request for the trust list or an intermediate on port 80',
      seen: (view) => eventsOf(view, blocked(view)),
    },
  ],
  find: (view) =>
    blocked(view).map(({ url, by, says, outcome, evidence, explains }) => ({
      about: `${new URL(url).host} at ${by}`,
      confidence: 'certain',
      why: `${says}.`,
      fix:
        new URL(url).host === 'www.microsoft.com'
          ? 'Allow 80/HTTP to www.microsoft.com/pkiops and everything below it, without authentication.'
          : 'Allow 80/HTTP to ctldl.windowsupdate.com, without authentication.',
      // What the machine does get out to is a part of what tells.
      evidence: [...(outcome === 'denied' ? [] : wayOut(view, url)), ...evidence],
      explains,
    })),
});
