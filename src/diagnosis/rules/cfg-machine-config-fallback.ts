import { proxyOf } from '../../trace/requests.ts';
import { sayAttempts } from '../candidates.ts';
import { machineFile, proxyElement, proxyFilter, serviceFile, updaterFile } from '../product-files.ts';
import { bySetting, counting, hasFailed, isFramework, nameOf, needing, ownSection, placeOf } from '../programs.ts';
import { rule } from '../rule.ts';

export const cfgMachineConfigFallback = rule({
  id: 'cfg-machine-config-fallback',
  title: 'The proxy comes from machine.config, which nobody thought of',
  severity: 'error',
  summary:
    'The program’s own file says nothing of proxies, so .NET Framework takes the section of machine.config: one file for all ' +
    'programs of the machine, edited once and forgotten. Neither WPAD nor the account’s settings are asked.',
  confirm: `Filter \`tcp.flags.syn==1\` on the port that machine.config names (Message Analyzer: \`tcp.port==8080\`), and ${proxyFilter}: the connection goes to a proxy that neither the .exe.config nor the account names.`,
  fix:
    `Look into ${machineFile} and take the defaultProxy section out or correct it; or say it in the program’s own file, which ` +
    `makes the machine’s void: ${proxyElement} in ${serviceFile} and ${updaterFile}. Restart both services.`,
  refutedIf: 'The program’s own .exe.config has a defaultProxy section, or machine.config has none.',
  alternatives: [],
  ...bySetting(
    'a request that failed by the proxy of machine.config, without a section in the program’s own file',
    needing('a proxyaddress in machine.config that counts', (program) =>
      counting(program, 'proxy.proxyaddress', 'machine-config'),
    ),
    (program) => {
      if (!isFramework(program) || ownSection(program).length > 0) return [];
      return counting(program, 'proxy.proxyaddress', 'machine-config').flatMap((setting) => {
        const wanted = setting.data.value.replace(/^http:\/\//i, '').replace(/\/$/, '');
        const requests = program.requests.filter(
          (request) => hasFailed(request) && request.attempts.some(({ route }) => isProxy(route, wanted)),
        );
        const [first] = requests;
        if (!first) return [];
        return [
          {
            settings: [setting],
            requests,
            about: placeOf(setting),
            why:
              `${placeOf(setting)} names ${setting.data.value}, and the file of ${nameOf(program)} says nothing of proxies: ` +
              `${sayAttempts(first.attempts)}.`,
          },
        ];
      });
    },
  ),
});

/** Port 80 unless said. */
function isProxy(route: string, wanted: string): boolean {
  const proxy = proxyOf(route);
  const [host = '', port = '80'] = wanted.split(':');
  return proxy?.host.toLowerCase() === host.toLowerCase() && proxy.port === Number(port);
}
