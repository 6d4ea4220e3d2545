import type { Setting } from '../../control/settings.ts';
import type { Command } from '../command.ts';
import { remoteLab, runningOptions } from '../running.ts';
import { exitCodes } from '../tools.ts';
import { misused } from '../usage.ts';

export const ctlSet: Command = {
  name: 'ctl set',
  summary: 'change a running lab, as a change step does',
  group: 'Lab',
  usage: '<path> <value>',
  examples: ['ctl set proxies.edge.behaviour deny', "ctl set dns.rules '[{ when: { name: wpad.* }, then: nxdomain }]'"],
  options: (definition) => runningOptions(definition).option('--json', 'print the setting as it is now as JSON'),
  async run([path = '', text = ''], options, tools) {
    const { parseDocument } = await import('yaml');
    const document = parseDocument(text);
    const [mistake] = document.errors;
    if (mistake) throw misused(`the value is no YAML: ${mistake.message.split('\n')[0]}`);
    const value: unknown = document.toJS();
    const lab = await remoteLab(options, tools);
    const setting = await lab.json<Setting>('PUT', `settings/${encodeURIComponent(path)}`, { value });
    tools.stdout.write(
      options['json'] === true
        ? `${JSON.stringify(setting, null, 2)}\n`
        : `${setting.path}: ${JSON.stringify(setting.value)}\n`,
    );
    return exitCodes.yes;
  },
};
