import { proxyOf } from '../../trace/requests.ts';
import { sayAttempts } from '../candidates.ts';
import { proxyFilter } from '../product-files.ts';
import { bySetting, counting, hasFailed, isWinHttp, nameOf, needing, placeOf } from '../programs.ts';
import { rule } from '../rule.ts';

export const cfgNetshOverrides = rule({
  id: 'cfg-netsh-overrides',
  title: 'A proxy of netsh winhttp overrides the one of the Internet settings',
  severity: 'error',
  summary:
    'WinHTTP has a proxy of its own for the whole machine. Where it is set, it decides alone for everything that goes by ' +
    'WinHTTP, certificate checks included, whatever inetcpl.cpl says. An old one sends them to a proxy that is not meant.',
  confirm: `\`netsh winhttp show proxy\` names the proxy; the Internet settings name another. Filter ${proxyFilter}: the traffic goes to the first.`,
  fix:
    '`netsh winhttp show proxy`, then `netsh winhttp reset proxy` so that the Internet settings count again, or `netsh winhttp ' +
    'set proxy proxyserver:8080` with the right one, in an elevated prompt.',
  refutedIf: '`netsh winhttp show proxy` says direct access, or names the same proxy as the Internet settings.',
  alternatives: [],
  ...bySetting(
    'a proxy of netsh beside another of the Internet settings, and a request that failed by the first',
    needing('a proxy of netsh winhttp', (program) => counting(program, 'winhttp.Proxy', 'netsh')),
    (program) => {
      const [netsh] = counting(program, 'winhttp.Proxy', 'netsh');
      const [account] = counting(program, 'ProxyServer');
      // The way to backends is another rule's: there it is a choice of the connector's own.
      if (!netsh || !account || netsh.data.value === account.data.value || !isWinHttp(program)) return [];
      const requests = program.requests.filter(
        (request) => hasFailed(request) && request.attempts.some(({ route }) => isNamed(route, netsh.data.value)),
      );
      const [first] = requests;
      if (!first) return [];
      return [
        {
          settings: [netsh, account],
          requests,
          why:
            `${placeOf(netsh)} has ${netsh.data.value}, ${placeOf(account)} ${account.data.value}; ${nameOf(program)} goes by the ` +
            `first: ${sayAttempts(first.attempts)} for ${first.url}.`,
        },
      ];
    },
  ),
});

function isNamed(route: string, text: string): boolean {
  const proxy = proxyOf(route);
  return proxy !== null && text.toLowerCase().includes(`${proxy.host}:${proxy.port}`.toLowerCase());
}
