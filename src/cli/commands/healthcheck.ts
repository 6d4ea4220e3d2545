import type { Live } from '../../control/live.ts';
import { LabError } from '../../failure.ts';
import type { Command } from '../command.ts';
import { remoteLab, runningOptions } from '../running.ts';
import { exitCodes } from '../tools.ts';

type Health = Awaited<ReturnType<Live['health']>>;

export const healthcheck: Command = {
  name: 'healthcheck',
  summary: 'exit 0 when a running lab is open on every port',
  group: 'Lab',
  usage: '',
  examples: ['healthcheck', 'healthcheck --json'],
  options: (definition) => runningOptions(definition).option('--json', 'print as JSON'),
  async run(_words, options, tools) {
    const health = await healthOf(options, tools);
    const shut = health.doors.filter(({ open }) => !open);
    const text = shut.map(({ name, real, transport }) => `${name}: ${transport} ${real.host}:${real.port} is shut\n`);
    if (options['json'] === true) tools.stdout.write(`${JSON.stringify(health, null, 2)}\n`);
    else tools.stdout.write(health.open ? `${health.doors.length} ports open\n` : text.join(''));
    return health.open ? exitCodes.yes : exitCodes.no;
  },
};

/** A lab that is not there, or does not answer, is not healthy. */
async function healthOf(...asked: Parameters<typeof remoteLab>): Promise<Health> {
  try {
    return await (await remoteLab(...asked)).json<Health>('GET', 'health');
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    asked[1].stderr.write(`${error.message}\n`);
    return { open: false, doors: [] };
  }
}
