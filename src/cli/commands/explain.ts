import pc from 'picocolors';

import type { Rule } from '../../diagnosis/rule.ts';
import type { Screen } from '../../report/reporter.ts';
import type { Command } from '../command.ts';
import { wrap } from '../../wrap.ts';
import { causeCalled, otherPage, sayOther } from '../cause.ts';
import { exitCodes } from '../tools.ts';
import type { Tools } from '../tools.ts';

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
    const json = options['json'] === true;
    if (id === undefined) stdout.write(json ? pretty(known.map(pageData)) : index(known, stdout.screen));
    else {
      const cause = causeCalled(id, known);
      if (cause.rule) stdout.write(json ? pretty(pageData(cause.rule)) : page(cause.rule, stdout.screen));
      else {
        const other = await otherPage(cause, tools);
        stdout.write(json ? pretty(other) : sayOther(other, stdout.screen, widthOf(stdout.screen)));
      }
    }
    return exitCodes.yes;
  },
};

/** Programs of clients have pages too: what is known of each phase. */
async function programPageTo(id: string, json: boolean, { stdout }: Tools): Promise<boolean> {
  const { programPage, sayProgram } = await import('../program-page.ts');
  const found = programPage(id);
  if (!found) return false;
  const { bold } = pc.createColors(stdout.screen.colour);
  stdout.write(json ? pretty(found) : sayProgram(found, widthOf(stdout.screen), bold));
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

const pretty = (data: unknown): string => `${JSON.stringify(data, null, 2)}\n`;

const widest = 100;
const widthOf = ({ columns }: Screen): number => Math.min(columns, widest) - 2;

function page(rule: Rule, screen: Screen): string {
  const colours = pc.createColors(screen.colour);
  const width = widthOf(screen);
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
