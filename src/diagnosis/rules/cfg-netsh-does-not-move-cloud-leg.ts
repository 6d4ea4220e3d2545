import { proxyElement, serviceFile, synFilter, updaterFile } from '../product-files.ts';
import {
  bySetting,
  counting,
  isFramework,
  nameOf,
  needing,
  ownSection,
  placeOf,
  programsOf,
  sameMachine,
  shutOut,
} from '../programs.ts';
import { rule } from '../rule.ts';
import { seqs } from '../../trace/view.ts';

export const cfgNetshDoesNotMoveCloudLeg = rule({
  id: 'cfg-netsh-does-not-move-cloud-leg',
  title: 'The proxy of netsh winhttp does not reach the connector’s way to its service',
  severity: 'error',
  summary:
    'netsh winhttp sets the proxy of WinHTTP. The cloud leg is System.Net of the .NET Framework: it asks its .config files ' +
    'and the account’s Internet settings, never netsh (source; documented for a sibling product). Certificate checks go ' +
    'through the proxy, the service itself is asked directly, in vain.',
  confirm: `Filter ${synFilter}: SYNs to *.msappproxy.net, while requests to port 80 of the certificate hosts reach the proxy.`,
  fix: `Name the proxy where System.Net looks: <defaultProxy>${proxyElement}</defaultProxy> in ${serviceFile} and in ${updaterFile}; restart both services. The netsh setting may stay for certificate checks.`,
  refutedIf: 'The program’s own file or the account names a proxy, or the direct connection stands.',
  alternatives: [],
  ...bySetting(
    'a proxy of netsh alone, and a .NET Framework program that got nowhere without one',
    needing('a proxy of netsh winhttp', (program) => counting(program, 'winhttp.Proxy', 'netsh')),
    (program, view) => {
      const [netsh] = counting(program, 'winhttp.Proxy', 'netsh');
      const others = ['ProxyServer', 'AutoConfigURL'].flatMap((name) => counting(program, name));
      const sections = program.settings.filter(({ data }) => data.layer === 'machine-config');
      if (!netsh || !isFramework(program) || [...ownSection(program), ...others, ...sections].length > 0) return [];
      const requests = shutOut(view, program);
      const [first] = requests;
      if (!first) return [];
      const carried = programsOf(view)
        .filter((other) => sameMachine(other, program) && !isFramework(other))
        .flatMap((other) => other.requests.filter(({ ok, attempts }) => ok && attempts.at(-1)?.proxy != null))[0];
      return [
        {
          settings: [netsh],
          requests,
          also: seqs(carried?.routes, carried?.finished),
          why:
            `${placeOf(netsh)} has ${netsh.data.value}, which ${nameOf(program)} does not read: no other layer names a proxy, and ` +
            `nothing answers it at ${first.target.host}:${first.target.port}` +
            `${carried ? `; ${carried.client} reaches ${carried.target.host} by ${carried.attempts.at(-1)?.route ?? ''}` : ''}.`,
        },
      ];
    },
  ),
});
