import { proxyOf } from '../../trace/requests.ts';
import { counting } from '../programs.ts';
import { rule } from '../rule.ts';
import { byVisits, flagOn, pageOf } from '../visits.ts';

export const beNetshOverrides = rule({
  id: 'be-netsh-overrides',
  title: 'A proxy of netsh winhttp carries the backend requests, not the one that was entered for them',
  severity: 'error',
  summary:
    'The proxy for backends was entered in the machine’s settings, but WinHTTP has a proxy of its own, set with netsh, and ' +
    'that one overrides them. The requests go to a proxy that nobody had in mind, often the one to the internet.',
  confirm:
    '`netsh winhttp show proxy` on the server. Filter `http.request.method=="CONNECT" || http.request.full_uri contains ' +
    '"<application>"` on the ports of both proxies (Message Analyzer: `(https.Request or https.Response) and tcp.port==8080`): the application’s requests go to the one of netsh.',
  fix:
    'In an elevated prompt: `netsh winhttp reset proxy`, so that the machine’s settings count, or `netsh winhttp set proxy ' +
    'proxyserver:8080` with the proxy that is meant for backends. Restart the connector service.',
  refutedIf: '`netsh winhttp show proxy` says direct access, or names the proxy that was entered.',
  alternatives: [],
  ...byVisits(
    'a proxy of netsh beside another of the machine’s settings, by which a backend was asked',
    (visit, program) => {
      const flag = flagOn(program);
      const [netsh] = counting(program, 'winhttp.Proxy', 'netsh');
      const [entered] = counting(program, 'ProxyServer');
      if (!flag || !netsh || !entered || netsh.data.value === entered.data.value) return undefined;
      const used = visit.backend.attempts.find(({ route }) => {
        const proxy = proxyOf(route);
        return proxy !== null && netsh.data.value.toLowerCase().includes(`${proxy.host}:${proxy.port}`.toLowerCase());
      });
      if (!used) return undefined;
      return {
        backend: visit.backend,
        settings: [flag, netsh, entered],
        why:
          `${visit.backend.target.host} was asked by ${netsh.data.value}, which netsh winhttp has, and not by ` +
          `${entered.data.value}, which the ${entered.data.layer} settings have. The user saw ${pageOf(visit)}.`,
      };
    },
  ),
});
