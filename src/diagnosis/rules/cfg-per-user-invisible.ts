import { proxyElement, serviceFile, synFilter, updaterFile } from '../product-files.ts';
import { bySetting, needing } from '../programs.ts';
import type { Program, Setting } from '../programs.ts';
import { rule } from '../rule.ts';
import { detectionOff, undetected } from '../undetected.ts';
import { ofOthers, pendingPolicy, unseenBy } from '../unseen-accounts.ts';

const proofs = (program: Program): readonly Setting[] => (pendingPolicy(program).length > 0 ? [] : ofOthers(program));

export const cfgPerUserInvisible = rule({
  id: 'cfg-per-user-invisible',
  title: 'The proxy is set for another account, and the service does not see it',
  severity: 'error',
  summary:
    'Internet settings belong to an account. What an administrator sets in inetcpl.cpl stands in that administrator’s hive; ' +
    'NETWORK SERVICE (S-1-5-20) and SYSTEM (S-1-5-18) have their own, which are empty. The browser works, the service looks ' +
    'for WPAD or goes direct. Automatic detection, too, is switched for each account: one finds the script, the other never asks.',
  confirm: `Filter ${synFilter} while the service starts. \`reg query "HKU\\S-1-5-20\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings"\` shows no ProxyServer.`,
  fix:
    'Enable the policy “Make proxy settings per-machine (rather than per-user)” (ProxySettingsPerUser = 0), run gpupdate ' +
    '/force, and set the proxy in an elevated inetcpl.cpl; or name it for the program: ' +
    `${proxyElement} in ${serviceFile} and ${updaterFile}. Restart both services.`,
  refutedIf: 'The hive of the service’s account holds the same proxy, or the policy is in force on this machine.',
  alternatives: [],
  ...bySetting(
    'a program that got nowhere without a proxy',
    needing('a proxy that stands in another account, or detection that is off in the account', (program) => [
      ...proofs(program),
      ...detectionOff(program),
    ]),
    (program, view) => [...unseenBy(proofs, 'it is not there for')(program, view), ...undetected(program, view)],
  ),
});
