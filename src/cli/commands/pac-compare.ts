import type { CompareRow } from '../../pac/index.ts';
import { printable } from '../../printable.ts';
import type { Command } from '../command.ts';
import { gather, listOption } from '../command.ts';
import { profileOf, readScript, refuseBroken, urlsFrom, urlsOption, worldOf, worldOptions } from '../pac-options.ts';
import { exitCodes } from '../tools.ts';

export const pacCompare: Command = {
  name: 'pac compare',
  summary: 'where clients disagree about the same script',
  group: 'PAC',
  usage: '<pac> [url...]',
  examples: ['pac compare corp.pac --urls urls.txt', 'pac compare corp.pac https://a.example/ --all --json'],
  options: (definition) =>
    worldOptions(urlsOption(definition))
      .option('--profile <name>', 'only these clients; may be given several times (default: all)', gather)
      .option('--all', 'also the rows on which all agree')
      .option('--json', 'print as JSON'),
  async run([file = '', ...words], options, tools) {
    const { compare, profileNames } = await import('../../pac/index.ts');
    const profiles = listOption(options, 'profile').map((word) => profileOf(word, profileNames));
    const source = await readScript(file, tools);
    await refuseBroken(file, source);
    const urls = await urlsFrom(words, options, tools);
    const rows = await compare(
      source,
      urls,
      { ...worldOf(options), all: options['all'] === true, ...(profiles.length > 0 ? { profiles } : {}) },
      { filename: file },
    );
    const differing = rows.filter(({ differs }) => differs).length;
    const verdict = `${differing} of ${urls.length} URLs differ\n`;
    tools.stdout.write(options['json'] === true ? `${JSON.stringify(rows, null, 2)}\n` : table(rows) + verdict);
    return differing > 0 ? exitCodes.no : exitCodes.yes;
  },
};

const table = (rows: readonly CompareRow[]): string =>
  rows
    .map(({ url, answers }) => {
      const entries = Object.entries(answers);
      const width = Math.max(...entries.map(([profile]) => profile.length));
      const lines = entries.map(([profile, { routes, error, consulted }]) => {
        const why = error ? `  (${error.name}: ${error.message})` : consulted ? '' : '  (the script is not asked)';
        return `  ${profile.padEnd(width)}  ${printable(`${routes.join('; ') || 'no route'}${why}`)}\n`;
      });
      return `${printable(url)}\n${lines.join('')}\n`;
    })
    .join('');
