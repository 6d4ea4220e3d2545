import type { Setting } from '../../control/settings.ts';
import type { Command } from '../command.ts';
import { remoteLab, runningOptions } from '../running.ts';
import { exitCodes } from '../tools.ts';

export const ctlGet: Command = {
  name: 'ctl get',
  summary: 'what can be changed in a running lab, and is now',
  group: 'Lab',
  usage: '[path]',
  examples: ['ctl get', 'ctl get proxies.edge.behaviour'],
  options: (definition) => runningOptions(definition).option('--json', 'print as JSON'),
  async run([path], options, tools) {
    const lab = await remoteLab(options, tools);
    const one = path !== undefined && (await lab.json<Setting>('GET', `settings/${encodeURIComponent(path)}`));
    const settings = one || (await lab.json<Setting[]>('GET', 'settings'));
    if (options['json'] === true) tools.stdout.write(`${JSON.stringify(settings, null, 2)}\n`);
    else tools.stdout.write([settings].flat().map(sayBriefly).join(''));
    return exitCodes.yes;
  },
};

const sayBriefly = ({ path, value, changed }: Setting): string =>
  `${changed ? '*' : ' '} ${path}: ${value === null ? '–' : JSON.stringify(value)}\n`;
