import { synFilter } from '../product-files.ts';
import { rule } from '../rule.ts';
import { ofMachine, ofOthers, pendingPolicy, unseenProxy } from '../unseen-accounts.ts';

export const cfgPermachinePolicyNotApplied = rule({
  id: 'cfg-permachine-policy-not-applied',
  title: 'The policy “Make proxy settings per-machine” is set, and not yet in force on this machine',
  severity: 'error',
  summary:
    'A policy works when the machine has fetched it. Until gpupdate /force or a reboot ProxySettingsPerUser is not 0 there: ' +
    'each account still has settings of its own, and the service sees no proxy.',
  confirm:
    '`reg query "HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\CurrentVersion\\Internet Settings" /v ProxySettingsPerUser` finds ' +
    `nothing, while the policy editor says enabled; \`gpresult /h\` lists what is in force. Filter ${synFilter}.`,
  fix:
    'Run `gpupdate /force` on the server or reboot it, then enter the proxy in an elevated `control inetcpl.cpl` (what was ' +
    'entered before went into your own account), and restart connector and updater.',
  refutedIf: 'HKLM holds ProxySettingsPerUser = 0.',
  alternatives: [],
  ...unseenProxy(
    'the policy for settings per machine, not yet fetched',
    'a program that got nowhere without a proxy',
    (program) => {
      const pending = pendingPolicy(program);
      return pending.length > 0 ? [...pending, ...ofMachine(program), ...ofOthers(program)] : [];
    },
    'without the policy in force it does not count for',
  ),
});
