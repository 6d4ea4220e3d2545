import { eventsOf, failedFetches } from '../certificate-fetches.ts';
import { inMessageAnalyzer } from '../filters.ts';
import { rule } from '../rule.ts';
import type { View } from '../../trace/view.ts';

const pages = (view: View) => failedFetches(view).filter(({ outcome }) => outcome === 'page');

export const policyBlockPage200ForCrl = rule({
  id: 'policy-block-page-200-for-crl',
  title: 'A block page with status 200 stands where a revocation list should be',
  severity: 'error',
  summary:
    'The proxy blocks the certificate hosts on port 80, but says 200 and sends a page. No status gives it away; whoever ' +
    'verifies reads HTML where a list should be, and counts revocation as unknown.',
  confirm: `Filter \`http.content_type contains "text/html" && tcp.port==8080\` ${inMessageAnalyzer} and look at answers to URLs of lists.`,
  fix:
    'Allow 80/HTTP to crl3.digicert.com, crl4.digicert.com, ocsp.digicert.com, crl.microsoft.com, oneocsp.microsoft.com and ' +
    'ocsp.msocsp.com on the proxy; and let it block with 403, so that machines can see it too.',
  refutedIf: 'The body is DER in spite of its type: the server mislabels its list.',
  alternatives: [],
  needs: [
    {
      says: 'HTML in answer to a request at a certificate host',
      seen: (view) => eventsOf(view, pages(view)),
    },
  ],
  find: (view) =>
    pages(view).map(({ by, says, evidence, explains }) => ({
      about: by,
      confidence: 'certain',
      why: `${says}.`,
      evidence,
      explains,
    })),
});
