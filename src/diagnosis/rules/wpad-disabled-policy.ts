import { rule } from '../rule.ts';
import { settingsWith, undiscovered } from '../undiscovered.ts';

const alternatives = [
  {
    id: 'direct-443-syn-blackhole',
    tellApart: 'This network has no proxy at all: then the firewall is to be opened, and the policy is right.',
  },
];

export const wpadDisabledPolicy = rule({
  id: 'wpad-disabled-policy',
  title: 'Discovery is switched off by DisableWpad',
  severity: 'error',
  summary:
    'DisableWpad=1 takes automatic detection away from WinHTTP and from all that stands on it, System.Net included. No ' +
    'question for wpad is asked, and the client goes direct. Browsers read the switch of the settings page instead, so ' +
    'they may go on detecting.',
  confirm:
    'Filter `dns.qry.name contains "wpad"`: nothing while the service starts. `reg query ' +
    '"HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Internet Settings\\WinHttp" /v DisableWpad` shows 1.',
  fix:
    'Name the proxy: <proxy proxyaddress="http://proxyserver:8080"> under defaultProxy in ' +
    'ApplicationProxyConnectorService.exe.config, and in the updater’s file. Or set DisableWpad to 0 again, where ' +
    'discovery can be trusted.',
  refutedIf: 'A question for wpad, or a DHCPINFORM, leaves the machine while the service starts.',
  alternatives,
  needs: [
    { says: 'the setting DisableWpad with the value 1', seen: (view) => settingsWith(view, 'DisableWpad', 'true') },
  ],
  find: (view) =>
    settingsWith(view, 'DisableWpad', 'true').flatMap((setting) =>
      undiscovered(view, setting, 'DisableWpad is 1', alternatives),
    ),
});
