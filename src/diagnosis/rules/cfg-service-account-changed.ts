import { seqs } from '../../trace/view.ts';
import { sayAttempts } from '../candidates.ts';
import { isService } from '../people.ts';
import { bySettings, hasFailed, isFramework, nameOf, wholeOf } from '../programs.ts';
import type { Setting } from '../programs.ts';
import { rule } from '../rule.ts';
import { useOf } from '../service-hosts.ts';
import { ofOthers } from '../unseen-accounts.ts';

/** The proxy that the account has which the service is made for. */
const ofNetworkService = ({ data }: Setting): boolean =>
  /of the account (network-service|system)$/.test(data.note ?? '');

export const cfgServiceAccountChanged = rule({
  id: 'cfg-service-account-changed',
  title: 'The connector runs under another account than it was made for',
  severity: 'error',
  summary:
    'The connector belongs to NETWORK SERVICE and the updater to SYSTEM; another logon account is not supported. It has ' +
    'other Internet settings and another certificate store, so proxy and client certificate are gone at once.',
  confirm:
    'The service’s page “Log On” (or `sc qc`) names the account; `certutil -user -store My` under it has no connector ' +
    'certificate. In a capture: SYNs to the service’s own addresses, no CONNECT.',
  fix: 'Set the logon accounts back, connector to NETWORK SERVICE and updater to LocalSystem, and restart; give accounts rights elsewhere instead.',
  refutedIf: 'The service’s page “Log On” names NT AUTHORITY\\NetworkService.',
  alternatives: [],
  ...bySettings(
    'a connector under an account of somebody’s own, which misses the proxy of NETWORK SERVICE',
    (program, view) => {
      const missed = ofOthers(program).filter(ofNetworkService);
      const mine = isFramework(program) && program.started.data.identity !== null && !isService(program);
      const requests = program.requests.filter(
        (request) => hasFailed(request) && useOf(request.target.host, request.target.port) === 'service',
      );
      const [first] = requests;
      if (!mine || !first || missed.length === 0) return [];
      return [
        {
          settings: missed,
          requests,
          also: seqs(program.started),
          why: `${nameOf(program)} is no account of Windows’ own, and ${missed[0]?.data.name ?? ''} ${missed[0]?.data.value ?? ''} is ${missed[0]?.data.note ?? ''}: ${sayAttempts(first.attempts)} for ${first.target.host}.`,
          match: { explains: [...seqs(missed), ...requests.flatMap((request) => wholeOf(view, request))] },
        },
      ];
    },
  ),
});
