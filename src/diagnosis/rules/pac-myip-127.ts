import { seqs } from '../../trace/view.ts';
import { sayRoute, scriptMatch } from '../evaluations.ts';
import { ownAddressesOf } from '../own-address.ts';
import { rule } from '../rule.ts';

export const pacMyip127 = rule({
  id: 'pac-myip-127',
  title: 'myIpAddress() is 127.0.0.1 on this machine',
  severity: 'error',
  summary:
    'The helper could not find out an address of the machine and says 127.0.0.1. Every test for a site fails, and the ' +
    'script ends in its default branch. myIpAddressEx is empty in the same state.',
  confirm: 'An alert(myIpAddress()) in the script, or the browser’s net log; compare with `ipconfig` or `ip address`.',
  fix: 'Let a script treat 127.0.0.1 as "unknown site"; on the machine, give the host name an entry with its own address.',
  refutedIf: 'The machine has no other address at that moment.',
  alternatives: [],
  needs: [{ says: 'a call of myIpAddress', seen: (view) => ownAddressesOf(view).map(({ call }) => call) }],
  find: (view) =>
    ownAddressesOf(view)
      .filter(({ told, missed }) => told.startsWith('127.') && missed)
      .map(({ evaluation, call, told, missed, used }) => {
        const [real] = [...used.keys()];
        const why = `myIpAddress() gave ${told} to ${evaluation.client}, which is ${real ?? 'elsewhere'}; it ${sayRoute(evaluation)}.`;
        return scriptMatch([evaluation], {
          confidence: 'certain',
          why,
          evidence: seqs([...used.values()], call, missed),
        });
      }),
});
