import type { Status } from '../../control/live.ts';
import type { Command } from '../command.ts';
import { remoteLab, runningOptions } from '../running.ts';
import { exitCodes } from '../tools.ts';

export const ctlStatus: Command = {
  name: 'ctl status',
  summary: 'what a running lab serves, and where',
  group: 'Lab',
  usage: '',
  examples: ['ctl status', 'ctl status --json'],
  options: (definition) => runningOptions(definition).option('--json', 'print as JSON'),
  async run(_words, options, tools) {
    const status = await (await remoteLab(options, tools)).json<Status>('GET', 'status');
    tools.stdout.write(options['json'] === true ? `${JSON.stringify(status, null, 2)}\n` : say(status));
    return exitCodes.yes;
  },
};

function say({ scenario, clock, doors, events, changed }: Status): string {
  const rows = doors.map(({ what, name, transport, story, real }) => [
    `${what} ${name}`,
    `${transport} ${real.host}:${real.port}`,
    story,
  ]);
  const wide = (column: number): number => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return [
    `${scenario.id}  ${scenario.name}`,
    `${clock.date}, ${Math.round(clock.now / 1000)} s up, ${events.kept} events`,
    ...(changed.length > 0 ? [`changed: ${changed.join(', ')}`] : []),
    ...rows.map(([who = '', where = '', story = '']) => `  ${who.padEnd(wide(0))}  ${where.padEnd(wide(1))}  ${story}`),
    '',
  ].join('\n');
}
