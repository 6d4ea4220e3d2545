import { textOption } from '../command.ts';
import type { Command } from '../command.ts';
import { machineAuthority } from '../machine-authority.ts';
import { exitCodes } from '../tools.ts';

export const caExport: Command = {
  name: 'ca export',
  summary: 'an authority of this machine, for clients to trust',
  group: 'Lab',
  usage: '[name]',
  examples: ['ca export > paclab-ca.pem', 'ca export inspection-ca --output inspection.pem'],
  options: (definition) => definition.option('--output <file>', 'write it there'),
  async run([name = 'public-ca'], options, tools) {
    const { pem } = await machineAuthority(name, tools);
    const path = textOption(options, 'output');
    if (path === undefined) tools.stdout.write(pem);
    else {
      const file = tools.files.create(path);
      file.write(pem);
      file.close();
    }
    return exitCodes.yes;
  },
};
