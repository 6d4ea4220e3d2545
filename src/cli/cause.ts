/** What an id of a finding or of an alternative stands for, and what there is to say of an alternative. */
import pc from 'picocolors';

import { causeIds, otherCauses } from '../diagnosis/other-causes.ts';
import type { NamedBy } from '../diagnosis/other-causes.ts';
import type { Rule } from '../diagnosis/rule.ts';
import type { WhyNot } from '../diagnosis/why-not.ts';
import type { Screen } from '../report/reporter.ts';
import type { TraceEvent } from '../trace/events.ts';
import { wrap } from '../wrap.ts';
import { nameOf, usualFolder } from './load.ts';
import type { Tools } from './tools.ts';
import { unknownWord } from './usage.ts';
import { sayWhyNot } from './why-not-text.ts';

export interface Cause {
  id: string;
  /** Undefined where no finding has this id, and those of others name it. */
  rule: Rule | undefined;
  /** Who names it; empty where it has a rule. */
  namedBy: readonly NamedBy[];
}

/** Throws InputError for an id that no finding shows. */
export function causeCalled(id: string, rules: readonly Rule[]): Cause {
  const rule = rules.find((one) => one.id === id);
  const namedBy = otherCauses(rules).get(id) ?? [];
  if (!rule && namedBy.length === 0) throw unknownWord('diagnosis', id, causeIds(rules));
  return { id, rule, namedBy };
}

export interface OtherPage {
  id: string;
  /** The name of the scenario that shows it; null where none does. */
  scenario: string | null;
  foundAs: { id: string; title: string; tellApart: string; confirm: string; fix: string }[];
}

/** What is known of a cause that has no rule. */
export async function otherPage({ id, namedBy }: Cause, tools: Tools): Promise<OtherPage> {
  const shipped = await tools.files.scenarios(`${tools.home}/${usualFolder}`);
  const file = shipped.find((one) => nameOf(one) === id);
  const loaded = file && (await (await tools.engine()).load(await tools.files.read(file), file, tools.files));
  return {
    id,
    scenario: loaded ? (loaded[0]?.model.name ?? null) : null,
    foundAs: namedBy.map(({ rule: { id, title, confirm, fix }, tellApart }) => ({
      id,
      title,
      tellApart,
      confirm,
      fix,
    })),
  };
}

export function sayOther({ id, scenario, foundAs }: OtherPage, screen: Screen, width: number): string {
  const { bold } = pc.createColors(screen.colour);
  const indented = (...texts: string[]): string =>
    texts
      .flatMap((text) => wrap(text, width - 2))
      .map((line) => `  ${line}\n`)
      .join('');
  const ids = foundAs.map((one) => one.id).join(', ');
  return [
    `${bold(id)}\n${scenario === null ? '' : `${scenario}\n`}`,
    `\n${bold('What it means')}\n`,
    indented(
      `A cause that leaves the evidence of others, so no finding has this id. Findings that name it as an alternative: ${ids}.`,
    ),
    ...foundAs.map(
      (other) =>
        `\n${bold(`Found as ${other.id}`)}\n${indented(
          other.title,
          `It is ${id} instead when: ${other.tellApart}`,
          `How to confirm what is found: ${other.confirm}`,
          `Its fix, where it is not ${id}: ${other.fix}`,
          `The whole page: paclab explain ${other.id}`,
        )}`,
    ),
    `\n${bold('Seen in')}\n`,
    indented(scenario === null ? 'No scenario shows it: docs/coverage.md says why.' : `paclab run ${id}`),
    '\n',
  ].join('');
}

type Ask = (rule: Rule) => WhyNot;

/** Why a diagnosis was not made; of a cause without one, why none was made that would name it. */
export function sayWhyNotCause(cause: Cause, ask: Ask, events: readonly TraceEvent[], screen: Screen): string {
  const { id, rule, namedBy } = cause;
  if (rule) return sayWhyNot(id, ask(rule), events, screen);
  const width = Math.max(40, screen.columns - 6);
  const told = namedBy.map(({ rule: other, tellApart }) => {
    const lines = wrap(`It would be ${id} when: ${tellApart}`, width).map((line) => `    ${line}\n`);
    return `${sayWhyNot(other.id, ask(other), events, screen)}${lines.join('')}`;
  });
  return [`${pc.createColors(screen.colour).bold(id)} is no finding of its own: others name it.\n`, ...told].join('');
}

/** The same as data. */
export const whyNotData = ({ id, rule, namedBy }: Cause, ask: Ask) =>
  rule
    ? { id, ...ask(rule) }
    : { id, foundAs: namedBy.map(({ rule: other, tellApart }) => ({ id: other.id, tellApart, ...ask(other) })) };
