import { proxyElement, serviceFile, synFilter, updaterFile, wpadFilter } from '../product-files.ts';
import {
  bySetting,
  counting,
  countingAs,
  isFramework,
  looked,
  nameOf,
  needing,
  placeOf,
  shutOut,
} from '../programs.ts';
import { rule } from '../rule.ts';

export const cfgUsesystemdefaultKillsPac = rule({
  id: 'cfg-usesystemdefault-kills-pac',
  title: 'usesystemdefault="True" switches discovery and script off',
  severity: 'error',
  summary:
    'It sounds like “do as the system does”, yet it reads only the static proxy and the bypass list of the account: WPAD and ' +
    'a configured script are suppressed (source). Where the system has nothing else, the program goes direct. An empty ' +
    '<defaultProxy/>, or no section at all, does use them.',
  confirm: `Filter ${wpadFilter}: nothing while the service starts. Then ${synFilter}: SYNs to the service itself.`,
  fix:
    'Take the <proxy usesystemdefault="True"/> element out, so that discovery works again, or name the proxy beside it: ' +
    `${proxyElement}, in ${serviceFile} and ${updaterFile}; restart both services.`,
  refutedIf: 'A question for wpad leaves the machine while the service starts, or the account has a static proxy.',
  alternatives: [],
  ...bySetting(
    'usesystemdefault="True" alone, and a program that looked for no script and got nowhere',
    needing('usesystemdefault="True"', (program) => countingAs(program, 'proxy.usesystemdefault', 'true')),
    (program, view) => {
      const settings = countingAs(program, 'proxy.usesystemdefault', 'true');
      const [setting] = settings;
      if (!setting || !isFramework(program) || looked(view, program)) return [];
      const named = ['proxy.proxyaddress', 'proxy.autoDetect', 'proxy.scriptLocation', 'ProxyServer'];
      if (named.some((name) => counting(program, name).length > 0)) return [];
      const suppressed = [...countingAs(program, 'AutoDetect', 'true'), ...counting(program, 'AutoConfigURL')];
      const requests = shutOut(view, program);
      const [first] = requests;
      if (suppressed.length === 0 || !first) return [];
      const what = suppressed.map(({ data }) => `${data.name}=${data.value}`).join(', ');
      return [
        {
          settings: [...settings, ...suppressed],
          requests,
          why:
            `${placeOf(setting)} says usesystemdefault="True" and names no proxy: of the system's settings (${what}) ` +
            `${nameOf(program)} takes none, looks for no script, and gets no way to ${first.target.host}:${first.target.port}.`,
        },
      ];
    },
  ),
});
