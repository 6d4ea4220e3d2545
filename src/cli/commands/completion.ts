import { causeIds } from '../../diagnosis/other-causes.ts';
import { completions, shells } from '../completions.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../tools.ts';
import { unknownWord } from '../usage.ts';

export const completion: Command = {
  name: 'completion',
  summary: `completion of commands, options and ids for ${shells.join(', ')}`,
  group: 'Help',
  usage: '<shell>',
  examples: [
    'completion bash > /etc/bash_completion.d/paclab',
    'completion fish > ~/.config/fish/completions/paclab.fish',
  ],
  async run([word = ''], _options, { rules, stdout }) {
    const shell = shells.find((name) => name === word);
    if (!shell) throw unknownWord('shell', word, shells);
    const { optionWords } = await import('../option-words.ts');
    stdout.write(completions(shell, await optionWords(), causeIds(await rules())));
    return exitCodes.yes;
  },
};
