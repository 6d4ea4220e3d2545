import { globPattern } from '../../glob.ts';
import { counting, placeOf } from '../programs.ts';
import type { Program, Setting } from '../programs.ts';
import { rule } from '../rule.ts';
import { byVisits, flagOn, machineProxies, pageOf, wentDirectInVain } from '../visits.ts';

/** The entry of a list of exceptions that a host falls under, as WinHTTP reads it. */
const entryFor = (list: string, host: string): string | undefined =>
  list
    .split(/[;\s]+/)
    .filter((entry) => entry !== '')
    .find((entry) => (entry.toLowerCase() === '<local>' ? !host.includes('.') : globPattern(entry).test(host)));

const exceptionsOf = (program: Program): Setting[] => [
  ...counting(program, 'winhttp.ProxyBypass'),
  ...counting(program, 'ProxyOverride'),
];

export const beLocalBypassHidesProxy = rule({
  id: 'be-local-bypass-hides-proxy',
  title: 'An exception of the proxy settings covers the application’s name',
  severity: 'error',
  summary:
    'Backend requests are to go by the machine’s proxy, and its list of exceptions has the application: a short name by ' +
    '<local>, or the whole internal domain. The connector goes there directly, which this network does not allow.',
  confirm:
    '`netsh winhttp show proxy` and the “Exceptions” of the machine’s settings in inetcpl.cpl. Filter `tcp.flags.syn==1 && ' +
    'ip.dst==<address of the application>`: SYNs to the application; other backends are in the proxy’s log.',
  fix:
    'Take the entry out of the exceptions of the machine’s settings (ProxyOverride), or of `netsh winhttp set proxy … ' +
    'bypass-list=…`, or publish the application by a name that no entry covers; restart the connector service.',
  refutedIf: 'No entry of the list covers the name that the connector asks for.',
  alternatives: [],
  ...byVisits('a list of exceptions that covers the application, which was not reached directly', (visit, program) => {
    const flag = flagOn(program);
    const [proxy] = machineProxies(program);
    const { host } = visit.backend.target;
    const list = exceptionsOf(program).find(({ data }) => entryFor(data.value, host) !== undefined);
    if (!flag || !proxy || !list || !wentDirectInVain(visit.backend, program)) return undefined;
    return {
      backend: visit.backend,
      settings: [flag, proxy, list],
      why:
        `"${entryFor(list.data.value, host) ?? ''}" in ${placeOf(list)} covers ${host}: ${program.client} dialled it ` +
        `directly, in vain, and not by ${proxy.data.value}. The user saw ${pageOf(visit)}.`,
    };
  }),
});
