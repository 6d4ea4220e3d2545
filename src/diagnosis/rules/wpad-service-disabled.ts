import { rule } from '../rule.ts';
import { settingsWith, undiscovered } from '../undiscovered.ts';

const name = 'WinHttpAutoProxySvc';

const alternatives = [
  {
    id: 'direct-443-syn-blackhole',
    tellApart: 'This network has no proxy at all: then the firewall is to be opened.',
  },
];

export const wpadServiceDisabled = rule({
  id: 'wpad-service-disabled',
  title: 'The service that discovers proxies is disabled',
  severity: 'error',
  summary:
    'WinHttpAutoProxySvc does discovery for WinHTTP and for all that stands on it, System.Net included. Hardening ' +
    'guides disable it; then discovery fails at once, without a question on the wire, and the client goes direct.',
  confirm:
    'Filter `dns.qry.name contains "wpad"`: nothing while the service starts. `sc qc WinHttpAutoProxySvc` says ' +
    'DISABLED, and the value Start under HKLM\\SYSTEM\\CurrentControlSet\\Services\\WinHttpAutoProxySvc is 4.',
  fix:
    'Set the start type of WinHttpAutoProxySvc back to 3 (by registry, then restart) and use DisableWpad=1 where ' +
    'discovery is unwanted: field reports have disabled services exhaust resources. Or name the proxy in ' +
    'ApplicationProxyConnectorService.exe.config.',
  refutedIf: 'The service runs, or a question for wpad leaves the machine.',
  alternatives,
  needs: [{ says: 'the setting WinHttpAutoProxySvc, off', seen: (view) => settingsWith(view, name, 'false') }],
  find: (view) =>
    settingsWith(view, name, 'false').flatMap((setting) =>
      undiscovered(view, setting, `${name} is disabled`, alternatives),
    ),
});
