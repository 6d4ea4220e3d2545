import { nameOf, placeOf } from '../programs.ts';
import { rule } from '../rule.ts';
import { ofMachine, ofOthers } from '../unseen-accounts.ts';
import { backendFlag, byVisits, flagOn, machineProxies, pageOf, wentDirectInVain } from '../visits.ts';

export const bePeruserNotPermachine = rule({
  id: 'be-peruser-not-permachine',
  title: 'The backend’s proxy was entered for an administrator, not for the machine',
  severity: 'error',
  summary:
    `${backendFlag} is 1, but the proxy stands in the settings of whoever opened inetcpl.cpl. Without the policy “Make ` +
    'proxy settings per-machine” NETWORK SERVICE has settings of its own, which are empty, and goes to applications directly.',
  confirm:
    '`reg query "HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\CurrentVersion\\Internet Settings" /v ProxySettingsPerUser` ' +
    'has to show 0. Filter `tcp.flags.syn==1 && ip.dst==<address of the application>` (Message Analyzer: `property.TCPSynRetransmit`): SYNs to the application itself.',
  fix:
    'Enable Computer Configuration\\Policies\\Administrative Templates\\Windows Components\\Internet Explorer\\Make proxy ' +
    'settings per-machine (ProxySettingsPerUser = 0), run gpupdate /force, enter the proxy in an elevated `control ' +
    'inetcpl.cpl`, and restart the connector service.',
  refutedIf: 'HKLM holds ProxySettingsPerUser = 0 and the proxy.',
  alternatives: [],
  ...byVisits('a flag for backends that counts, and a proxy that another account has', (visit, program) => {
    const flag = flagOn(program);
    const hidden = [...ofOthers(program), ...ofMachine(program)];
    const [proxy] = hidden;
    if (!flag || !proxy || machineProxies(program).length > 0 || !wentDirectInVain(visit.backend, program))
      return undefined;
    const { host, port } = visit.backend.target;
    return {
      backend: visit.backend,
      settings: [flag, ...hidden],
      why:
        `${proxy.data.value} stands in ${placeOf(proxy)}${proxy.data.note === null ? '' : ` (${proxy.data.note})`}, where ` +
        `${nameOf(program)} does not look: it dialled ${host}:${port} directly, in vain. The user saw ${pageOf(visit)}.`,
    };
  }),
});
