import { serviceFile, updaterFile, wpadFilter } from '../product-files.ts';
import { bySetting, isFramework, looked, nameOf, needing, placeOf, shutOut, voided } from '../programs.ts';
import { rule } from '../rule.ts';

export const cfgAutodetectCancelledBySibling = rule({
  id: 'cfg-autodetect-cancelled-by-sibling',
  title: 'autoDetect or scriptLocation is void beside bypassonlocal, proxyaddress or a bypasslist',
  severity: 'error',
  summary:
    'System.Net applies the attributes one after the other, and setting bypassonlocal, proxyaddress or a bypasslist throws away ' +
    'the script engine that autoDetect and scriptLocation have made before. Nothing is said: no script is looked for, and the ' +
    'program goes to the fixed address or direct. Read in source, not yet seen on a real framework.',
  confirm: `Filter ${wpadFilter}: nothing while the service starts, although the file says autoDetect="True".`,
  fix: `Let autoDetect="True" or scriptLocation stand alone in the proxy element (exceptions belong into the script), in ${serviceFile} and ${updaterFile}; restart both services.`,
  refutedIf: 'A question for wpad, or a request for the script, leaves the machine while the service starts.',
  alternatives: [],
  ...bySetting(
    'autoDetect or scriptLocation beside an attribute that voids it, and a program that looked for no script',
    needing('autoDetect or scriptLocation that an attribute beside it voids', (program) =>
      voided(program, /^(proxyaddress|bypassonlocal|bypasslist)$/),
    ),
    (program, view) => {
      const settings = voided(program, /^(proxyaddress|bypassonlocal|bypasslist)$/);
      const [setting] = settings;
      const requests = shutOut(view, program);
      const [first] = requests;
      if (!setting || !first || !isFramework(program) || looked(view, program)) return [];
      const { name, value, overriddenBy } = setting.data;
      return [
        {
          settings,
          requests,
          why:
            `${placeOf(setting)}: ${name}="${value}" is switched off by ${overriddenBy ?? ''} beside it. ${nameOf(program)} looks for no ` +
            `script, and nothing answers it at ${first.target.host}:${first.target.port} directly.`,
          match: { confidence: 'likely' },
        },
      ];
    },
  ),
});
