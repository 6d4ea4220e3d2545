import { machineFile } from '../product-files.ts';
import { bySetting, counting, nameOf, needing, placeOf } from '../programs.ts';
import { rule } from '../rule.ts';
import { carriedBeside, hasOwnProxy, isCheck, shownBy, strandedOf } from '../winhttp-programs.ts';

export const cfgWinhttpIgnoresMachineconfig = rule({
  id: 'cfg-winhttp-ignores-machineconfig',
  title: 'Two tools of one machine answer differently: machine.config is for .NET, netsh for WinHTTP',
  severity: 'error',
  summary:
    'PowerShell and other .NET Framework programs go by machine.config and never by netsh winhttp; callers of WinHTTP go by netsh ' +
    'and never by machine.config (documented for a sibling product). A test with one tool proves nothing about a program of ' +
    'the other kind.',
  confirm:
    '`Invoke-WebRequest` in Windows PowerShell succeeds where a WinHTTP program gets 12002 or 12029, or the other way round. ' +
    'Filter `tcp.flags.syn==1`: the one connects to the proxy, the other to the destination itself.',
  fix: `Say it in both places: ${machineFile} (or the program’s own .exe.config) for .NET, and \`netsh winhttp set proxy proxyserver:8080\` for WinHTTP. Test with a program of the kind that fails.`,
  refutedIf: '`netsh winhttp show proxy` names the same proxy.',
  alternatives: [],
  ...bySetting(
    'a WinHTTP program that got nowhere where a .NET program goes by the proxy of machine.config',
    needing('a proxyaddress in machine.config that counts', (program) =>
      counting(program, 'proxy.proxyaddress', 'machine-config'),
    ),
    (program, view) => {
      const requests = strandedOf(program).filter((request) => !isCheck(request));
      const carried = carriedBeside(view, program, 'machine-config').find(({ request }) =>
        requests.some(({ target }) => target.host === request.target.host),
      );
      const [first] = requests;
      if (!first || !carried || hasOwnProxy(program)) return [];
      return [
        {
          settings: [],
          requests,
          also: [...shownBy(carried), program.started.seq],
          why:
            `${placeOf(carried.address)} names ${carried.address.data.value}: ${nameOf(carried.program)} reaches ${first.target.host} by it, ` +
            `${nameOf(program)} goes by WinHTTP, does not read it, and gets no answer directly.`,
        },
      ];
    },
  ),
});
