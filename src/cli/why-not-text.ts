/** Why a diagnosis was not made, in words. */
import pc from 'picocolors';

import type { WhyNot } from '../diagnosis/why-not.ts';
import type { Screen } from '../report/reporter.ts';
import type { TraceEvent } from '../trace/events.ts';
import { wrap } from '../wrap.ts';
import { sayEvidence } from './finding-text.ts';

export function sayWhyNot(
  id: string,
  { found, explained, needs }: WhyNot,
  events: readonly TraceEvent[],
  screen: Screen,
): string {
  const { bold, green, red } = pc.createColors(screen.colour);
  const width = Math.max(40, screen.columns - 6);
  const head = found
    ? `${bold(id)} was found.`
    : explained
      ? `${bold(id)} fits, and another finding explains all of its evidence.`
      : needs.every(({ evidence }) => evidence.length > 0)
        ? `${bold(id)} was not found: everything it needs is there, but not of one story.`
        : `${bold(id)} was not found.`;
  const lines = needs.flatMap(({ says, evidence }) => {
    const seen = evidence.length > 0;
    const text = seen ? `there is ${says} (${sayEvidence(evidence, events)})` : `there is not ${says}`;
    return wrap(text, width).map((line, index) => `  ${index > 0 ? ' ' : seen ? green('✓') : red('✗')} ${line}\n`);
  });
  return `${head}\n${lines.join('')}`;
}
