import type { Alternative } from '../../finding.ts';
import { decisionOf } from '../../trace/discovery.ts';
import type { Search } from '../../trace/discovery.ts';
import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { nameOf, placeOf } from '../programs.ts';
import type { Program, Setting } from '../programs.ts';
import { rule } from '../rule.ts';
import { ofMachine, ofOthers } from '../unseen-accounts.ts';
import { applicationDown, backendFlag, byVisits, flagOn, machineProxies, pageOf, wentDirectInVain } from '../visits.ts';
import type { Asked, VisitEffect } from '../visits.ts';

export const bePeruserNotPermachine = rule({
  id: 'be-peruser-not-permachine',
  title: 'The machine has no proxy for backends, or only an administrator has',
  severity: 'error',
  summary:
    `${backendFlag} is 1, but the proxy stands in the settings of whoever opened inetcpl.cpl. Without the policy “Make ` +
    'proxy settings per-machine” NETWORK SERVICE has settings of its own, which are empty, and goes to applications directly. ' +
    'So it does where the policy is set, and nobody has entered a proxy since.',
  confirm:
    '`reg query "HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\CurrentVersion\\Internet Settings" /v ProxySettingsPerUser` ' +
    'has to show 0. Filter `tcp.flags.syn==1 && ip.dst==<address of the application>` (Message Analyzer: `property.TCPSynRetransmit`): SYNs to the application itself.',
  fix:
    'Enable Computer Configuration\\Policies\\Administrative Templates\\Windows Components\\Internet Explorer\\Make proxy ' +
    'settings per-machine (ProxySettingsPerUser = 0), run gpupdate /force, enter the proxy in an elevated `control ' +
    'inetcpl.cpl`, and restart the connector service.',
  refutedIf: 'HKLM holds ProxySettingsPerUser = 0 and the proxy.',
  alternatives: [],
  ...byVisits('a flag for backends that counts, and no proxy that the service sees', (visit, program, view) => {
    const flag = flagOn(program);
    if (flag && isNowhere(program)) return unentered(visit, program, flag, view);
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

/** Not in the machine's settings, and not in those of any account that was read. */
const isNowhere = (program: Program): boolean =>
  [...ofOthers(program), ...ofMachine(program), ...machineProxies(program)].length === 0;

const search: Alternative = {
  id: 'wpad-dns-nxdomain',
  tellApart: 'Backends are meant to go by a script that WPAD finds: then the record is what is missing.',
};

/** The flag alone: what it sends backends to is not there. A script that was found has decided instead. */
function unentered(visit: Asked, program: Program, flag: Setting, view: View): VisitEffect | undefined {
  const { backend } = visit;
  const { searches, script } = decisionOf(view, backend);
  const dialled = backend.attempts.some(({ dials }) => dials.length > 0);
  if (script || !dialled || !wentDirectInVain(backend, program)) return undefined;
  if (searches.some(({ finished }) => finished?.data.url != null)) return undefined;
  const { host, port } = backend.target;
  const policy = program.settings.filter(({ data }) => data.name === 'ProxySettingsPerUser');
  const looked = searches.length > 0 ? ' and its search for a script found none' : '';
  return {
    backend,
    settings: [flag, ...policy],
    also: seqs(searches.map(({ finished }) => finished)),
    why:
      `${backendFlag} is 1, and neither the machine nor netsh nor an account has a proxy for ${nameOf(program)}${looked}: it dialled ` +
      `${host}:${port} directly, in vain. The user saw ${pageOf(visit)}.`,
    match: {
      confidence: 'likely',
      alternatives: [...(searches.some(isUnknownName) ? [search] : []), applicationDown],
    },
  };
}

const isUnknownName = ({ finished }: Search): boolean => finished?.data.reason?.endsWith('dns.nxdomain') === true;
