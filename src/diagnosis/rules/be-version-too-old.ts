import { seqs } from '../../trace/view.ts';
import { rule } from '../rule.ts';
import { backendFlag, byVisits, flagsOf, pageOf, wentDirectInVain } from '../visits.ts';

export const beVersionTooOld = rule({
  id: 'be-version-too-old',
  title: 'This version of the connector knows no proxy for backends',
  severity: 'error',
  summary: `${backendFlag} came with version 1.5.1526. An older connector does not read it and goes to applications directly.`,
  confirm:
    'The connector’s version: Apps & features, or the file’s properties. Filter `tcp.flags.syn==1 && ip.dst==<address of ' +
    'the application>`: SYNs to the application, none to the proxy for it.',
  fix: 'Install the current connector; find out why the updater has not: it needs *.msappproxy.net:443 as SYSTEM.',
  refutedIf: 'The connector that runs is 1.5.1526 or newer.',
  alternatives: [],
  ...byVisits(`a ${backendFlag} that the running version does not know`, (visit, program, view) => {
    const unknown = flagsOf(program).filter(({ data }) => data.overriddenBy === 'version');
    if (unknown.length === 0 || !wentDirectInVain(visit.backend, program)) return undefined;
    const version = view.ofType('client.version').findLast(({ data }) => data.client === program.client);
    return {
      backend: visit.backend,
      settings: unknown,
      also: seqs(version),
      why:
        `${backendFlag} is set, and ${program.client}${version ? ` ${version.data.installed}` : ''} does not know it: ` +
        `${visit.backend.target.host} was dialled directly, in vain. The user saw ${pageOf(visit)}.`,
    };
  }),
});
