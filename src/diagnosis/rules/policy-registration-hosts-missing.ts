import { deniedNeed, explainedBy, isSignIn, isTotal, verdictsOf } from '../denials.ts';
import { connectFilter } from '../filters.ts';
import { rule } from '../rule.ts';
import { listedAs } from '../service-hosts.ts';

export const policyRegistrationHostsMissing = rule({
  id: 'policy-registration-hosts-missing',
  title: 'A host that registration needs is not allowed on the proxy',
  severity: 'error',
  summary:
    'CONNECT to one of the sign-in and registration hosts on port 443 gets 403. The window of the sign-in stays blank or ' +
    'closes, registration ends with “One or more errors occurred”, or a script error names a CDN.',
  confirm: `While the connector is installed, filter ${connectFilter(403)}. Compare the names with the registration rows of the list.`,
  fix:
    'Allow CONNECT on 443 to all registration hosts: login.windows.net, *.microsoftonline.com, *.microsoftonline-p.com, ' +
    '*.msauth.net, *.msauthimages.net, *.msecnd.net, *.msftauth.net, *.msftauthimages.net, *.phonefactor.net, ' +
    'enterpriseregistration.windows.net, management.azure.com, ctldl.windowsupdate.com.',
  refutedIf: 'The same CONNECT from the same machine is answered with 200.',
  alternatives: [],
  needs: [deniedNeed('to a registration host on 443', isSignIn)],
  find: (view) =>
    verdictsOf(view).flatMap((verdicts) =>
      (isTotal(verdicts) ? [] : verdicts.denied.filter(isSignIn)).map((reply) => {
        const name = listedAs(reply.host, 443) ?? reply.host;
        return {
          about: `${name} at ${reply.proxy}`,
          confidence: 'certain',
          why: `${reply.proxy} answered CONNECT ${reply.host}:443 with 403; the connector’s list has ${name} on 443 for registration.`,
          fix: `On ${reply.proxy} allow CONNECT to ${name}:443, for the administrator who registers and for the connector’s machine.`,
          evidence: reply.evidence,
          explains: explainedBy([reply], verdicts.passed),
        };
      }),
    ),
});
