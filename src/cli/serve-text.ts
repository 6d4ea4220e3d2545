/** What `up` tells its user: where everything is, lines to paste, and each finding when it is made. */
import pc from 'picocolors';

import type { Live } from '../control/live.ts';
import type { PublishedDoor } from '../publish/publish.ts';
import { hostPort } from '../publish/guide.ts';
import type { Screen, Sink } from '../report/reporter.ts';
import { sayFinding } from './finding-text.ts';
import type { TraceEvent } from '../trace/events.ts';
import type { Serving } from './serve.ts';

type Told = Pick<Serving, 'live' | 'control' | 'hints' | 'caFile'>;

export function sayServing({ live, control, hints, caFile }: Told, { colour }: Screen): string {
  const colours = pc.createColors(colour);
  const { scenario, publication } = live;
  const rows = groupsOf(publication.doors).map(({ story, real, speaks, names }) => {
    const what = { dns: 'DNS', tcp: 'TCP', http: 'HTTP', https: 'HTTPS', proxy: 'proxy', 'tls-proxy': 'TLS proxy' }[
      speaks
    ];
    return [what, real, names, real === story ? '' : colours.dim(`${story} in the story`)] as const;
  });
  const wide = (column: 0 | 1 | 2): number => Math.max(...rows.map((row) => row[column].length));
  const table = rows.map(([what, real, names, story]) =>
    `  ${what.padEnd(wide(0))}  ${colours.bold(real)}${' '.repeat(wide(1) - real.length)}  ${names.padEnd(wide(2))}  ${story}`.trimEnd(),
  );
  const width = Math.max(...hints.map(({ client }) => client.length));
  return [
    `${colours.bold(scenario.model.id)}  ${scenario.model.name}`,
    '',
    ...table,
    '',
    ...hints.map(({ client, command }) => `  ${client.padEnd(width)}  ${command}`),
    '',
    ...notes(live, caFile).map((note) => `  ${note}`),
    `  control    ${control.url}/?token=${control.token}`,
    '  ctrl-c ends it',
    '',
    '',
  ].join('\n');
}

function notes({ publication, scenario }: Live, caFile: string | null): string[] {
  const moved = publication.doors.some(({ story, real }) => !story.endsWith(`:${real.port}`));
  const scripts =
    Object.keys(scenario.model.lab.proxies).length === 0
      ? []
      : [
          publication.rewrites
            ? 'scripts    name proxies by their real addresses (as the scenario has them: --no-rewrite)'
            : 'scripts    name proxies as in the scenario: clients must ask the DNS of the lab (else: --rewrite)',
        ];
  return [
    ...(caFile === null ? [] : [`trust      ${caFile}`]),
    ...(moved ? ['ports      some are not those of the story: only these may be used as printed'] : []),
    ...scripts,
  ];
}

interface Group {
  speaks: PublishedDoor['speaks'];
  story: string;
  real: string;
  names: string;
}

const mostNames = 2;

/** Doors of one kind at one real place are one line; services that say nothing first are many, and few look for them. */
function groupsOf(doors: readonly PublishedDoor[]): Group[] {
  const groups = new Map<string, PublishedDoor[]>();
  for (const door of doors) {
    if (door.transport === 'udp' || door.speaks === 'tcp') continue;
    const key = `${hostPort(door.real)} ${door.speaks}`;
    groups.set(key, [...(groups.get(key) ?? []), door]);
  }
  const order = ['dns', 'proxy', 'tls-proxy', 'http', 'https'];
  return [...groups.values()]
    .map((same): Group => {
      const [first] = same as [PublishedDoor, ...PublishedDoor[]];
      const names = [...new Set(same.flatMap((door) => (door.names.length > 0 ? door.names : [door.name])))];
      const more = names.length > mostNames ? ` and ${names.length - mostNames} more` : '';
      return {
        speaks: first.speaks,
        story: same.length === 1 ? first.story : `${same.length} addresses`,
        real: hostPort(first.real),
        names: `${names.slice(0, mostNames).join(', ')}${more}`,
      };
    })
    .toSorted((left, right) => order.indexOf(left.speaks) - order.indexOf(right.speaks));
}

/** Milliseconds of quiet after which it is worth asking again. */
const quiet = 500;

/** Prints each finding once, soon after its evidence is there. It looks now and then: hearing every event would cost each. */
export function watchFindings(live: Live, { write, screen }: Sink): Disposable {
  const { trace, clock } = live.lab;
  const told = new Set<string>();
  let seen = 0;
  let looked = 0;
  const look = async (after: number): Promise<void> => {
    if (live.events.some((event) => event.seq > after && isReset(event))) told.clear();
    for (const finding of await live.findings()) {
      if (told.has(finding.id)) continue;
      told.add(finding.id);
      write(sayFinding(finding, screen));
    }
  };
  const turn = (): void => {
    if (trace.last === seen && seen !== looked) {
      look(looked).catch((error: unknown) => write(`the diagnosis failed: ${String(error)}\n`));
      looked = seen;
    }
    seen = trace.last;
    callOff = clock.after(quiet, turn);
  };
  let callOff = clock.after(quiet, turn);
  return { [Symbol.dispose]: () => callOff() };
}

const isReset = ({ type, data }: TraceEvent): boolean =>
  type === 'lab.changed' && 'path' in data && data.path === 'lab';
