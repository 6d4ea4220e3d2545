import { seqs } from '../../trace/view.ts';
import { sayRoute, scriptMatch } from '../evaluations.ts';
import { ownAddressesOf } from '../own-address.ts';
import { rule } from '../rule.ts';

export const pacMyipMultihomed = rule({
  id: 'pac-myip-multihomed',
  title: 'myIpAddress() is the address of another adapter than the one in use',
  severity: 'error',
  summary:
    'A machine with a VPN beside its own network has several addresses, and the helper gives one: Chromium that of the ' +
    'route to 8.8.8.8, others that of the host name. The script takes the branch of the wrong site.',
  confirm: 'Compare alert(myIpAddress()) with the source address of the connections in the capture (`ip.src`).',
  fix: 'Decide by what DNS of the site answers (isResolvable of an inside name), or test all addresses of myIpAddressEx.',
  refutedIf: 'The connections of this client come from the address that the helper gave.',
  alternatives: [],
  needs: [{ says: 'a call of myIpAddress', seen: (view) => ownAddressesOf(view).map(({ call }) => call) }],
  find: (view) =>
    ownAddressesOf(view)
      .filter(({ told, missed, used }) => isOther(told) && missed && used.size > 0 && !used.has(told))
      .map(({ evaluation, call, told, missed, used }) => {
        const real = [...used.keys()].join(', ');
        const why = `myIpAddress() gave ${told}, but ${evaluation.client} is ${real} on this network; it ${sayRoute(evaluation)}.`;
        return scriptMatch([evaluation], {
          confidence: 'certain',
          why,
          evidence: seqs([...used.values()], call, missed),
        });
      }),
});

const isOther = (told: string): boolean => !told.startsWith('127.') && !told.includes(':');
