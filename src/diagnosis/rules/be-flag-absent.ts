import { placeOf } from '../programs.ts';
import { rule } from '../rule.ts';
import { backendFlag, backendKey, byVisits, flagsOf, machineProxies, pageOf, wentDirectInVain } from '../visits.ts';

export const beFlagAbsent = rule({
  id: 'be-flag-absent',
  title: 'The machine has a proxy for backends, and the connector is not told to use it',
  severity: 'error',
  summary:
    `Requests to applications use no proxy unless the registry value ${backendFlag} is 1. It is missing, so the connector ` +
    'goes to the application directly, which this network does not allow. The user sees Bad gateway.',
  confirm:
    'Filter `tcp.analysis.retransmission && tcp.flags.syn==1 && ip.dst==<address of the application>` (Message Analyzer: ' +
    '`property.TCPSynRetransmit`): SYNs to the application itself, and nothing for it on the proxy’s port.',
  fix: `Under ${backendKey} add the DWORD ${backendFlag} = 1 and restart the connector service.`,
  refutedIf: 'The value is there, or the application answers the connector’s machine directly.',
  alternatives: [],
  ...byVisits(
    'a proxy of the machine, no word to use it for backends, and a backend not reached directly',
    (visit, program) => {
      const proxies = machineProxies(program);
      const [proxy] = proxies;
      if (!proxy || flagsOf(program).length > 0 || !wentDirectInVain(visit.backend, program)) return undefined;
      const { host, port } = visit.backend.target;
      return {
        backend: visit.backend,
        settings: proxies,
        why:
          `${backendFlag} is not set: ${program.client} dialled ${host}:${port} directly, in vain, although ` +
          `${placeOf(proxy)} has ${proxy.data.value}. The user saw ${pageOf(visit)}.`,
      };
    },
  ),
});
