import { bySetting, counting, countingAs, nameOf, needing, placeOf } from '../programs.ts';
import { rule } from '../rule.ts';
import { hasOwnProxy, isCheck, strandedOf } from '../winhttp-programs.ts';

export const cfgCrlStaticPac = rule({
  id: 'cfg-crl-static-pac',
  title: 'Certificate checks of an older Windows cannot use a proxy script at a fixed address',
  severity: 'error',
  summary:
    'Before Windows 10 CryptoAPI goes by netsh winhttp, the static proxy of the account, and discovery; “Use setup script” with ' +
    'an address is not among them (documented). Browsers and .NET programs use the script, revocation lists are fetched ' +
    'directly.',
  confirm:
    'Filter `tcp.flags.syn==1 && tcp.dstport==80`: SYNs to crl3.digicert.com and the like, and no request for the script before ' +
    'them. `certutil -url http://crl3.digicert.com/DigiCertGlobalRootG2.crl` as the same account fails.',
  fix:
    'Give WinHTTP a static proxy: `netsh winhttp set proxy proxyserver:8080` in an elevated prompt; or publish the script by ' +
    'wpad, or let the firewall pass port 80 to the certificate hosts. Windows Server 2016 and later use the script.',
  refutedIf: 'The machine runs Windows 10, Server 2016 or later, or a request for the script precedes the direct SYNs.',
  alternatives: [],
  ...bySetting(
    'a script at a fixed address, an older Windows, and certificate checks that went direct in vain',
    needing('a proxy script at a fixed address', (program) => counting(program, 'AutoConfigURL')),
    (program, view) => {
      const script = counting(program, 'AutoConfigURL');
      const older = countingAs(program, 'Windows', 'before 10');
      const requests = strandedOf(program).filter(isCheck);
      const [first] = requests;
      const [setting] = script;
      const fetched = view
        .ofType('discovery.started')
        .some(({ data }) => data.client === program.client && data.source === 'configured');
      if (!first || !setting || older.length === 0 || fetched || hasOwnProxy(program)) return [];
      return [
        {
          settings: [...script, ...older],
          requests,
          why:
            `AutoConfigURL in ${placeOf(setting)} is ${setting.data.value}; ${nameOf(program)} does not fetch it and asks ` +
            `${first.target.host} directly on port 80, in vain.`,
        },
      ];
    },
  ),
});
