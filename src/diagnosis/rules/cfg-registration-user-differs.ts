import type { Request } from '../../trace/requests.ts';
import { seqs } from '../../trace/view.ts';
import { sayAttempts } from '../candidates.ts';
import { isForgotten } from '../forgotten-files.ts';
import { contrastsOf } from '../people.ts';
import { proxyElement, serviceFile, synFilter, updaterFile } from '../product-files.ts';
import { bySettings, nameOf, wholeOf } from '../programs.ts';
import { rule } from '../rule.ts';
import { useOf } from '../service-hosts.ts';
import { ofOthers } from '../unseen-accounts.ts';

/** Sign-in, or the host that issues the connector’s certificate. */
const isRegistration = ({ target }: Request): boolean =>
  useOf(target.host, target.port) === 'sign-in' || /^connectorregistrationca\.msappproxy\.net$/i.test(target.host);

export const cfgRegistrationUserDiffers = rule({
  id: 'cfg-registration-user-differs',
  title: 'Registration went by the administrator’s proxy, and the service has none',
  severity: 'error',
  summary:
    'The installer signs in and registers as the administrator who runs it; the connector service starts as NETWORK SERVICE, ' +
    'with other settings. So the installation succeeds, and the connector never comes up. Two accounts are documented for a ' +
    'sibling’s installer; that this one is alike is inferred.',
  confirm: `Capture from the installation to the start of the service: CONNECT to login.microsoftonline.com with 200 first, then ${synFilter} from the same machine.`,
  fix: `Give the service a proxy of its own before it starts: ${proxyElement} in ${serviceFile} and ${updaterFile}; or settings per machine (ProxySettingsPerUser = 0).`,
  refutedIf: 'The service’s account has the same proxy, or registration went direct.',
  alternatives: [],
  ...bySettings('a registration by a person’s proxy, and a service that got nowhere without one', (program, view) =>
    contrastsOf(
      view,
      program,
      // A service that was given a proxy of its own leaves only the updater's file forgotten.
      (passed, stranded) =>
        !isForgotten(view, program) &&
        isRegistration(passed) &&
        stranded.every(({ target }) => target.host !== passed.target.host),
    ).map(({ stranded, person, passed }) => {
      const [first] = stranded;
      return {
        settings: ofOthers(program),
        requests: stranded,
        also: seqs(person.started, program.started, passed.routes, passed.finished),
        why: `${nameOf(person)} reached ${passed.target.host} by ${passed.attempts.at(-1)?.route ?? ''}; ${nameOf(program)} on the same machine then had no proxy for ${first?.target.host ?? ''}: ${first ? sayAttempts(first.attempts) : ''}.`,
        match: {
          confidence: 'likely',
          explains: [...seqs(ofOthers(program)), ...stranded.flatMap((request) => wholeOf(view, request))],
        },
      };
    }),
  ),
});
