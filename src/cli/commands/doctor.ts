import pc from 'picocolors';

import type { Command } from '../command.ts';
import { exitCodes } from '../tools.ts';
import type { Health } from '../health.ts';

const signs: Record<Health['state'], (colours: ReturnType<typeof pc.createColors>) => string> = {
  good: ({ green }) => green('✓'),
  missing: ({ dim }) => dim('-'),
  bad: ({ red }) => red('✗'),
};

export const doctor: Command = {
  name: 'doctor',
  summary: 'what of this machine paclab can use, and what is missing for what',
  group: 'Help',
  usage: '',
  examples: ['doctor', 'doctor --json'],
  options: (definition) => definition.option('--json', 'print as JSON'),
  async run(_words, options, { env, stdout, version }) {
    const { examine } = await import('../health.ts');
    const found = await examine(env);
    const well = found.every(({ state }) => state !== 'bad');
    if (options['json'] === true) stdout.write(`${JSON.stringify({ version, checks: found }, null, 2)}\n`);
    else {
      const colours = pc.createColors(stdout.screen.colour);
      const width = Math.max(...found.map(({ name }) => name.length));
      stdout.write(`paclab ${version}\n\n`);
      for (const { name, state, says } of found)
        stdout.write(`  ${signs[state](colours)} ${name.padEnd(width)}  ${says}\n`);
      stdout.write(`\n${well ? 'Scenarios run on this machine.' : 'Scenarios do not run on this machine.'}\n`);
    }
    return well ? exitCodes.yes : exitCodes.machine;
  },
};
