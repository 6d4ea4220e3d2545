import { seqs } from '../../trace/view.ts';
import { sayAttempts } from '../candidates.ts';
import { contrastsOf } from '../people.ts';
import { proxyElement, serviceFile, synFilter, updaterFile } from '../product-files.ts';
import { bySettings, nameOf } from '../programs.ts';
import { rule } from '../rule.ts';
import { ofOthers } from '../unseen-accounts.ts';

export const cfgAdminBrowserOk = rule({
  id: 'cfg-admin-browser-ok',
  title: 'The administrator’s browser opens the page, and the service on the same machine does not',
  severity: 'error',
  summary:
    'A test in a browser goes by the browser’s settings and the account of the person in front of it. The service runs ' +
    'under another account with settings of its own, so a page that opens proves nothing for it.',
  confirm:
    `Filter ${synFilter} beside \`http.request.method=="CONNECT"\` from the same address: the browser asks the proxy, the service dials the ` +
    'destination. Test as the service: `psexec -i -u "NT AUTHORITY\\NETWORK SERVICE" cmd`, or `bitsadmin /util /getieproxy networkservice`.',
  fix: `Give the service the proxy that the browser has: ${proxyElement} in ${serviceFile} and ${updaterFile}, then restart both services.`,
  refutedIf: 'A program under the service’s account reaches the same page by the same proxy.',
  alternatives: [],
  ...bySettings(
    'a service that got nowhere without a proxy, and a person’s program that got the same page by one',
    (program, view) =>
      // Where the other account’s settings are in sight, they are the cause.
      ofOthers(program).length > 0
        ? []
        : contrastsOf(view, program, ({ target }, stranded) =>
            stranded.some((one) => one.target.host === target.host),
          ).map(({ stranded, person, passed }) => {
            const [first] = stranded;
            return {
              settings: [],
              requests: stranded,
              also: seqs(person.started, program.started, passed.routes, passed.finished),
              why: `${nameOf(person)} got ${passed.url} by ${passed.attempts.at(-1)?.route ?? ''}; ${nameOf(program)} on the same machine has no proxy: ${first ? sayAttempts(first.attempts) : ''}.`,
            };
          }),
  ),
});
