import pc from 'picocolors';

import type { Rule } from '../../diagnosis/rule.ts';
import type { Screen } from '../../report/reporter.ts';
import type { Command } from '../command.ts';
import { wrap } from '../../wrap.ts';
import { exitCodes } from '../tools.ts';
import type { Tools } from '../tools.ts';
import { unknownWord } from '../usage.ts';

export const explain: Command = {
  name: 'explain',
  summary: 'what a diagnosis means, how to confirm it, how to fix it',
  group: 'Scenarios',
  usage: '[id]',
  examples: ['explain auth-407-connect', 'explain connector'],
  options: (definition) => definition.option('--json', 'print as JSON'),
  async run([id], options, tools) {
    const { stdout } = tools;
    if (id !== undefined && (await programPageTo(id, options['json'] === true, tools))) return exitCodes.yes;
    const known = await tools.rules();
    const asked = id === undefined ? known : known.filter((rule) => rule.id === id);
    if (id !== undefined && asked.length === 0)
      throw unknownWord(
        'diagnosis',
        id,
        known.map((rule) => rule.id),
      );
    const [only] = asked;
    if (options['json'] === true) {
      const pages = asked.map(pageData);
      stdout.write(`${JSON.stringify(id === undefined ? pages : pages[0], null, 2)}\n`);
    } else if (id !== undefined && only) stdout.write(page(only, stdout.screen));
    else stdout.write(index(known, stdout.screen));
    return exitCodes.yes;
  },
};

/** Programs of clients have pages too: what is known of each phase. */
async function programPageTo(id: string, json: boolean, { stdout }: Tools): Promise<boolean> {
  const { programPage, sayProgram } = await import('../program-page.ts');
  const found = programPage(id);
  if (!found) return false;
  const { columns, colour } = stdout.screen;
  const { bold } = pc.createColors(colour);
  stdout.write(json ? `${JSON.stringify(found, null, 2)}\n` : sayProgram(found, Math.min(columns, widest) - 2, bold));
  return true;
}

const pageData = ({ id, title, severity, summary, confirm, fix, refutedIf, alternatives, needs }: Rule) => ({
  id,
  title,
  severity,
  summary,
  needs: needs.map(({ says }) => says),
  confirm,
  fix,
  refutedIf,
  alternatives,
});

const widest = 100;

function page(rule: Rule, { colour, columns }: Screen): string {
  const colours = pc.createColors(colour);
  const width = Math.min(columns, widest) - 2;
  const section = (title: string, texts: readonly string[]): string =>
    texts.length === 0
      ? ''
      : `\n${colours.bold(title)}\n${texts
          .flatMap((text) => wrap(text, width))
          .map((line) => `  ${line}`.trimEnd())
          .join('\n')}\n`;
  return [
    `${colours.bold(rule.id)} ${colours.dim(`(${rule.severity})`)}\n${rule.title}\n`,
    section('What it means', [rule.summary]),
    section(
      'Seen when there is',
      rule.needs.map(({ says }) => `- ${says}`),
    ),
    section('How to confirm it', [rule.confirm]),
    section('How to fix it', [rule.fix]),
    section('What would refute it', [rule.refutedIf]),
    section(
      'It could also be',
      rule.alternatives.map(({ id, tellApart }) => `${id}: ${tellApart}`),
    ),
    '\n',
  ].join('');
}

function index(rules: readonly Rule[], { colour }: Screen): string {
  const colours = pc.createColors(colour);
  const width = Math.max(0, ...rules.map(({ id }) => id.length));
  return rules.map(({ id, title }) => `${colours.bold(id)}${' '.repeat(width - id.length)}  ${title}\n`).join('');
}
