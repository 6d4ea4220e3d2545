import { seqs } from '../../trace/view.ts';
import { sayRoute, scriptMatch, textArgument } from '../evaluations.ts';
import { ownAddressesOf } from '../own-address.ts';
import { rule } from '../rule.ts';

export const pacMyipIpv6 = rule({
  id: 'pac-myip-ipv6',
  title: 'myIpAddress() is an IPv6 address, and the script compares it with IPv4 networks',
  severity: 'error',
  summary:
    'On a machine whose route out is IPv6, myIpAddress gives an IPv6 address in Chromium and Firefox. isInNet with an ' +
    'IPv4 network is then false, and the site is not recognised.',
  confirm: 'An alert(myIpAddress()) in the script, or the browser’s net log.',
  fix: 'Recognise sites by IPv6 prefixes too: isInNetEx(myIpAddressEx(), "2001:db8:20::/48") where it exists.',
  refutedIf: 'The script also compares with the IPv6 prefix of this site.',
  alternatives: [],
  needs: [{ says: 'a call of myIpAddress', seen: (view) => ownAddressesOf(view).map(({ call }) => call) }],
  find: (view) =>
    ownAddressesOf(view)
      .filter(({ told, missed }) => told.includes(':') && missed)
      .map(({ evaluation, call, told, missed }) => {
        const net = missed ? textArgument(missed, 1) : '';
        const why = `myIpAddress() gave ${told} to ${evaluation.client}, compared with ${net}; it ${sayRoute(evaluation)}.`;
        return scriptMatch([evaluation], { confidence: 'certain', why, evidence: seqs(call, missed) });
      }),
});
