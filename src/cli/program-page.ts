/** `explain connector`: a program's phases, what each of them rests on, and what nobody has established. */
import type { Program } from '../client/program.ts';
import { programs } from '../client/programs/index.ts';
import { kindOf } from '../registry.ts';
import { wrap } from '../wrap.ts';

export interface ProgramPage {
  id: string;
  summary: string;
  identity: string;
  phases: readonly { name: string; basis: string; summary: string; again: boolean }[];
  actors: readonly { name: string; profile: string; identity: string; basis: string }[];
  open: Readonly<Record<string, string>>;
}

const all = programs as unknown as readonly Program[];

/** The page of a program, or undefined when there is none of that name. */
export function programPage(id: string): ProgramPage | undefined {
  const found = all.find((program) => kindOf(program) === id);
  if (!found) return undefined;
  const { summary, identity, phases, actors, open, serving } = found;
  return {
    id,
    summary,
    identity,
    phases: [
      ...phases.map(({ name, basis, summary, every }) => ({ name, basis, summary, again: every !== undefined })),
      ...(serving ? [{ name: serving.name, basis: serving.basis, summary: serving.summary, again: false }] : []),
    ],
    actors: Object.entries(actors).map(([name, actor]) => ({ name, ...actor, identity: actor.identity ?? identity })),
    open,
  };
}

/** The page as text; `bold` makes headings. */
export function sayProgram(page: ProgramPage, width: number, bold: (text: string) => string): string {
  const section = (title: string, texts: readonly string[]): string =>
    texts.length === 0
      ? ''
      : `\n${bold(title)}\n${texts
          .flatMap((text) => wrap(text, width))
          .map((line) => `  ${line}`.trimEnd())
          .join('\n')}\n`;
  return [
    `${bold(page.id)}\n${page.summary} It runs as ${page.identity}.\n`,
    section(
      'Phases',
      page.phases.map(
        ({ name, basis, summary, again }) => `${name} (${basis}${again ? ', comes again' : ''}): ${summary}`,
      ),
    ),
    section(
      'Who else asks on its machine',
      page.actors.map(
        ({ name, profile, identity, basis }) => `${name}: as ${profile} does, account ${identity} (${basis})`,
      ),
    ),
    section('Not established', Object.values(page.open)),
    '\n',
  ].join('');
}
