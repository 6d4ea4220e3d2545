import { seqs } from '../../trace/view.ts';
import { proxyElement, serviceFile, updaterFile } from '../product-files.ts';
import { bySetting, hasFailed, nameOf, needing, ownSection, placeOf, programsOf } from '../programs.ts';
import { rule } from '../rule.ts';

export const cfgFileOverwrittenOnUpgrade = rule({
  id: 'cfg-file-overwritten-on-upgrade',
  title: 'The program’s .exe.config had a proxy section, and after a restart it has none',
  severity: 'error',
  summary:
    'The file belongs to the product: an upgrade may put its own in place (documented for a sibling product). The edits are ' +
    'gone, nobody changed anything, and from the next start on the program takes another way.',
  confirm:
    'Compare the file with the copy that was made before the edit: it is the original again, and its date is that of the upgrade ' +
    '(“Apps & features”, event log of the updater). A capture of the start shows no CONNECT where there were some.',
  fix: `Put the section back from your copy: ${proxyElement} under <configuration><system.net><defaultProxy> in ${serviceFile} and ${updaterFile}; restart both services, and keep a copy of the edited files as well.`,
  refutedIf: 'The section was taken out on purpose, or still stands in the file that the service reads.',
  alternatives: [],
  ...bySetting(
    'a defaultProxy section at one start and none at the next, and a request that failed since',
    needing('a proxy section in the program’s own file', (program) => ownSection(program)),
    (program, view) => {
      if (ownSection(program).length > 0) return [];
      const before = programsOf(view).findLast(
        (life) => life.client === program.client && life.until <= program.started.seq && ownSection(life).length > 0,
      );
      const lost = before ? ownSection(before) : [];
      const worked = before?.requests.find(({ ok }) => ok);
      const requests = program.requests.filter(hasFailed);
      const first = lost.find(({ data }) => data.name === 'proxy.proxyaddress') ?? lost[0];
      if (!first || !worked || requests.length === 0) return [];
      return [
        {
          settings: lost,
          requests,
          also: seqs(worked.routes, worked.finished, program.started),
          why:
            `${nameOf(program)} had ${first.data.name} ${first.data.value} from ${placeOf(first)} and reached ${worked.target.host} by ` +
            `${worked.attempts.at(-1)?.route ?? 'no route'}; at its next start the file had no section any more, and ` +
            `${requests[0]?.target.host ?? ''} is out of reach.`,
          match: { confidence: 'likely' },
        },
      ];
    },
  ),
});
