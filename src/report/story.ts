/** One run as people read it: its line, and what there is to know when it went wrong. */
import pc from 'picocolors';

import { printable } from '../printable.ts';
import type { Finding } from '../finding.ts';
import { sayRunShortly } from '../run/record.ts';
import type { Judgement, RunRecord, RunSummary, Verdict } from '../run/record.ts';
import { wrap } from '../wrap.ts';
import { phasesOf, sayPhase } from './phases.ts';
import type { PhaseLine } from './phases.ts';
import type { Plan, Screen } from './reporter.ts';
import { columnOfTimes, sayEvent, sayTimes } from './words.ts';

type Colours = ReturnType<typeof pc.createColors>;

export const coloursOf = ({ colour }: Screen): Colours => pc.createColors(colour);

const paints = { passed: 'green', failed: 'red', broken: 'yellow', skipped: 'dim' } as const;

/** Each verdict has a sign of its own, never a colour alone. */
const signs: Record<Verdict, string> = { passed: '✓', failed: '✗', broken: '!', skipped: '-' };

/** Something in the colour of a verdict; its sign unless another is given. */
export const mark = (verdict: Verdict, colours: Colours, sign = signs[verdict]): string =>
  colours[paints[verdict]](sign);

const narrowest = 32;
const broadest = 64;

/** How wide the names of a suite are, within reason. */
export const nameColumn = (runs: Plan['runs']): number =>
  Math.min(broadest, Math.max(narrowest, ...runs.map((run) => printable(sayRunShortly(run)).length + 1)));

/** `  ✓ auth-407-connect [schemes=basic]          21 s → 31 ms` */
export function runLine(run: RunRecord, colours: Colours, column = narrowest): string {
  const name = printable(sayRunShortly(run));
  const gap = ' '.repeat(Math.max(2, column - name.length));
  const row = name.slice(run.id.length);
  const title = run.verdict === 'skipped' ? colours.dim(name) : `${run.id}${colours.cyan(row)}`;
  const times = run.verdict === 'skipped' ? `${' '.repeat(11)}skipped` : columnOfTimes(run);
  return `  ${mark(run.verdict, colours)} ${title}${gap}${colours.dim(times)}\n`;
}

const widest = 110;
const indent = '      ';
const labelColumn = 10;

/** What a run that did not pass has to say; also good for one that did and is looked at alone. */
export function runStory(run: RunRecord, screen: Screen): string {
  const colours = coloursOf(screen);
  const width = Math.min(screen.columns, widest) - indent.length - labelColumn;
  const blocks = [
    [colours.italic(printable(run.name))],
    ...(run.broken ? [field('broken', run.broken.message, width, colours.yellow)] : []),
    ...run.expectations.filter(({ passed }) => !passed).map((judgement) => failure(judgement, run, width, colours)),
    ...phases(phasesOf(run.events), width, colours),
    ...run.findings.map((found) => finding(found, width, colours)),
  ];
  const said = blocks.map((lines) => `${lines.map((line) => `${indent}${line}`.trimEnd()).join('\n')}\n`);
  return `${said.join('\n')}\n`;
}

/** A connector that runs for months repeats itself. */
const mostPhases = 16;

/** More events than this tell less. */
const mostEvents = 3;

const numbers = (evidence: readonly number[]): string => evidence.map((seq) => `#${seq}`).join(' ');

/** A label, and beside it a text that may need several lines. */
function field(label: string, text: string, width: number, paint: (text: string) => string = String): string[] {
  const lines = wrap(text, width);
  return lines.map((line, index) => `${paint((index === 0 ? label : '').padEnd(labelColumn))}${line}`);
}

/** The place of an expectation, as editors and terminals link it. */
export const placeOf = ({ file }: RunRecord, { at }: Judgement): string => `${file}:${at.line}:${at.column}`;

function failure(judgement: Judgement, run: RunRecord, width: number, colours: Colours): string[] {
  const events = run.events.filter(({ seq }) => judgement.evidence.includes(seq));
  const shown = events.slice(0, mostEvents).map(sayEvent);
  if (events.length > mostEvents) shown.push(`and ${numbers(events.slice(mostEvents).map(({ seq }) => seq))}`);
  return [
    ...field('at', placeOf(run, judgement), width, colours.dim),
    ...field('expected', judgement.expected, width, colours.green),
    ...field('actual', judgement.actual, width, colours.red),
    ...shown.flatMap((text, index) => field(index === 0 ? 'closest' : '', text, width, colours.dim)),
  ];
}

/** What the programs did, and what is known of it: a reader has to see where the lab infers. */
function phases(lines: readonly PhaseLine[], width: number, colours: Colours): string[][] {
  const rows = lines.slice(0, mostPhases).flatMap((line, index) => {
    const sign = mark(line.ok === null ? 'broken' : line.ok ? 'passed' : 'failed', colours);
    return wrap(printable(sayPhase(line)), width - 2).map((text, at) => {
      const label = (index + at === 0 ? 'phases' : '').padEnd(labelColumn);
      return `${colours.dim(label)}${at === 0 ? sign : ' '} ${text}`;
    });
  });
  const more = lines.length - mostPhases;
  if (more > 0) rows.push(...field('', `and ${more} more`, width, colours.dim));
  return rows.length > 0 ? [rows] : [];
}

function finding(found: Finding, width: number, colours: Colours): string[] {
  const paint = found.severity === 'error' ? colours.red : colours.yellow;
  const sure = colours.dim(` (${found.severity}, ${found.confidence})`);
  return [
    `${paint('finding'.padEnd(labelColumn))}${colours.bold(found.id)}${sure}`,
    ...field('', found.title, width),
    ...field('why', found.why, width, colours.dim),
    ...field('fix', found.fix, width, colours.dim),
    ...found.alternatives.flatMap(({ id, tellApart }) => field('or', `${id}: ${tellApart}`, width, colours.dim)),
    ...field('seen in', numbers(found.evidence), width, colours.dim),
  ];
}

/** `14 passed, 1 failed` and both clocks. */
export function summaryLine(summary: RunSummary, colours: Colours): string {
  const counts = [
    summary.passed > 0 ? colours.green(`${summary.passed} passed`) : '',
    summary.failed > 0 ? colours.red(`${summary.failed} failed`) : '',
    summary.broken > 0 ? colours.yellow(`${summary.broken} broken`) : '',
    summary.skipped > 0 ? colours.dim(`${summary.skipped} skipped`) : '',
  ].filter((count) => count !== '');
  const said = counts.length > 0 ? counts.join(', ') : 'nothing ran';
  return `  ${said}  ${colours.dim(sayTimes(summary))}\n`;
}

/** Where to look, once more, when the failures have scrolled away. */
export function failedPlaces(runs: readonly RunRecord[], colours: Colours): string {
  const bad = runs.filter(({ verdict }) => verdict === 'failed' || verdict === 'broken');
  const lines = bad.map((run) => {
    const first = run.expectations.find(({ passed }) => !passed);
    return `  ${mark(run.verdict, colours)} ${printable(sayRunShortly(run))}  ${colours.dim(first ? placeOf(run, first) : run.file)}\n`;
  });
  return lines.length > 0 ? `${lines.join('')}\n` : '';
}
