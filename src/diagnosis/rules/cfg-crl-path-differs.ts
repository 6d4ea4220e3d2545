import { serviceFile } from '../product-files.ts';
import { bySetting, counting, nameOf, needing, placeOf } from '../programs.ts';
import { rule } from '../rule.ts';
import { hasOwnProxy, isCheck, isClosed, proxiedBeside, shownBy, strandedOf } from '../winhttp-programs.ts';

export const cfgCrlPathDiffers = rule({
  id: 'cfg-crl-path-differs',
  title: 'Certificate checks do not see defaultProxy and go direct',
  severity: 'error',
  summary:
    'Revocation lists and OCSP are fetched by CryptoAPI through WinHTTP. It goes by netsh winhttp, then by the Internet settings ' +
    'of the account, then by discovery, and never by a .config file (documented). So the connector has its proxy, and its ' +
    'certificate checks are dropped on port 80; a caller that must know gets 12057.',
  confirm:
    'Filter `tcp.analysis.retransmission && tcp.flags.syn==1 && tcp.dstport==80` (Message Analyzer: ' +
    '`property.TCPSynRetransmit`): SYNs to crl3.digicert.com and the like, beside CONNECT 200 at the proxy. `netsh winhttp ' +
    'show proxy` says direct access.',
  fix: `Give WinHTTP the proxy as well: \`netsh winhttp set proxy proxyserver:8080\` in an elevated prompt, or the per-machine Internet settings; or let the firewall pass port 80 to crl3.digicert.com, crl4.digicert.com, ocsp.digicert.com, crl.microsoft.com, oneocsp.microsoft.com and ocsp.msocsp.com. The section in ${serviceFile} stays as it is.`,
  refutedIf: 'netsh winhttp or the account names the proxy, or these hosts answer on port 80.',
  alternatives: [],
  ...bySetting(
    'certificate checks that go direct in vain, beside a program that goes by a proxy of its .config',
    needing('a proxyaddress', (program) => counting(program, 'proxy.proxyaddress')),
    (program, view) => {
      const requests = strandedOf(program).filter(isCheck);
      const [first] = requests;
      // Whatever becomes of that proxy: these requests do not ask it.
      const [carried] = proxiedBeside(view, program);
      const ownScript = counting(program, 'AutoConfigURL').length > 0;
      if (!first || !carried || ownScript || hasOwnProxy(program) || !isClosed(view, program)) return [];
      return [
        {
          settings: [],
          requests,
          also: [...shownBy(carried), program.started.seq],
          why:
            `${placeOf(carried.address)} names ${carried.address.data.value}, by which ${nameOf(carried.program)} goes, and which does not ` +
            `count for WinHTTP: ${nameOf(program)} asks ${first.target.host} directly on port 80, in vain.`,
        },
      ];
    },
  ),
});
