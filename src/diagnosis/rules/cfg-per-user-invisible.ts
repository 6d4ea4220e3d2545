import { proxyElement, serviceFile, synFilter, updaterFile } from '../product-files.ts';
import { rule } from '../rule.ts';
import { ofOthers, pendingPolicy, unseenProxy } from '../unseen-accounts.ts';

export const cfgPerUserInvisible = rule({
  id: 'cfg-per-user-invisible',
  title: 'The proxy is set for another account, and the service does not see it',
  severity: 'error',
  summary:
    'Internet settings belong to an account. What an administrator sets in inetcpl.cpl stands in that administrator’s hive; ' +
    'NETWORK SERVICE (S-1-5-20) and SYSTEM (S-1-5-18) have their own, which are empty. The browser works, the service looks ' +
    'for WPAD or goes direct.',
  confirm: `Filter ${synFilter} while the service starts. \`reg query "HKU\\S-1-5-20\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings"\` shows no ProxyServer.`,
  fix:
    'Enable the policy “Make proxy settings per-machine (rather than per-user)” (ProxySettingsPerUser = 0), run gpupdate ' +
    '/force, and set the proxy in an elevated inetcpl.cpl; or name it for the program: ' +
    `${proxyElement} in ${serviceFile} and ${updaterFile}. Restart both services.`,
  refutedIf: 'The hive of the service’s account holds the same proxy, or the policy is in force on this machine.',
  alternatives: [],
  ...unseenProxy(
    'a proxy that stands in another account',
    'a program that got nowhere without a proxy',
    (program) => (pendingPolicy(program).length > 0 ? [] : ofOthers(program)),
    'it is not there for',
  ),
});
