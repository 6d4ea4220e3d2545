import { excepting } from '../exceptions.ts';
import { serviceFile, synFilter, updaterFile } from '../product-files.ts';
import { bySetting, counting, countingAs, isFramework, isShutOut, nameOf, needing, placeOf } from '../programs.ts';
import { rule } from '../rule.ts';
import { useOf } from '../service-hosts.ts';

export const cfgUsesystemdefaultInheritsBypass = rule({
  id: 'cfg-usesystemdefault-inherits-bypass',
  title: 'usesystemdefault="True" beside proxyaddress brings the account’s bypass list in',
  severity: 'error',
  summary:
    'The printed sample names a proxy and says usesystemdefault="True" as well. The address of the system is then replaced, its ' +
    'list of exceptions is not, where the account has a static proxy (source): hosts on that list go direct although the file ' +
    'names a proxy.',
  confirm: `Filter ${synFilter}: SYNs to one of the service’s names itself, while others go to the proxy’s port. \`reg query "HKU\\S-1-5-20\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings" /v ProxyOverride\`.`,
  fix: `Take usesystemdefault="True" out of the proxy element in ${serviceFile} and ${updaterFile}, or the entry out of the account’s exceptions (inetcpl.cpl, ProxyOverride); restart both services.`,
  refutedIf: 'The account of the service has no static proxy or no exception that matches the host.',
  alternatives: [],
  ...bySetting(
    'proxyaddress with usesystemdefault="True", and a host of the account’s exceptions that was asked directly',
    needing('usesystemdefault="True"', (program) => countingAs(program, 'proxy.usesystemdefault', 'true')),
    (program) => {
      const address = counting(program, 'proxy.proxyaddress');
      const system = countingAs(program, 'proxy.usesystemdefault', 'true');
      const proxy = counting(program, 'ProxyServer');
      const [setting] = address;
      if (!setting || system.length === 0 || proxy.length === 0 || !isFramework(program)) return [];
      return program.requests.flatMap((request) => {
        const { target, attempts } = request;
        const [found] = excepting(program, target);
        const outside = isShutOut(request) || useOf(target.host, target.port) !== undefined;
        if (!found || attempts[0]?.route !== 'DIRECT' || !outside) return [];
        return [
          {
            settings: [...address, ...system, ...proxy, found.setting],
            requests: [request],
            about: found.entry,
            why:
              `${placeOf(setting)} names ${setting.data.value} for ${nameOf(program)}; through usesystemdefault="True" the entry ` +
              `"${found.entry}" in ${placeOf(found.setting)} counts as well, and ${target.host} is asked directly.`,
          },
        ];
      });
    },
  ),
});
