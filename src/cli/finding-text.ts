/** A finding on a terminal. */
import pc from 'picocolors';

import type { Finding } from '../finding.ts';
import type { Screen } from '../report/reporter.ts';
import type { TraceEvent } from '../trace/events.ts';
import { wrap } from '../wrap.ts';

const signs = { error: 'red', warning: 'yellow', info: 'cyan' } as const;

/** `events` tell the frames and lines that the evidence was read from, where it was. */
export function sayFinding(finding: Finding, screen: Screen, events: readonly TraceEvent[] = []): string {
  const { id, title, severity, why, fix, evidence, alternatives } = finding;
  const colours = pc.createColors(screen.colour);
  const paint = colours[signs[severity]];
  const texts = [
    `${why} (${sayEvidence(evidence, events)})`,
    `Fix: ${fix}`,
    ...alternatives.map((other) => `Or ${other.id}: ${other.tellApart}`),
  ];
  const lines = texts.flatMap((text) => wrap(text, Math.max(40, screen.columns - 4)));
  return `${paint('●')} ${colours.bold(id)}  ${title}\n${lines.map((line) => `    ${line}\n`).join('')}`;
}

const mostPlaces = 24;

/** `event 12, 14`, or where these stand in the files: `frame 8, 10`. */
export function sayEvidence(evidence: readonly number[], events: readonly TraceEvent[]): string {
  const numbers = new Set(evidence);
  const read = events.filter(({ seq, frame, line }) => numbers.has(seq) && (frame ?? line) !== undefined);
  if (read.length === 0) return `event ${evidence.join(', ')}`;
  const several = new Set(events.map(({ file }) => file)).size > 1;
  const places = read.map(({ file, frame, line }) => {
    const place = frame === undefined ? `line ${line}` : `frame ${frame}`;
    return several ? `${file} ${place}` : place;
  });
  const unique = [...new Set(places)];
  const shown = unique
    .slice(0, mostPlaces)
    .join(', ')
    .replaceAll(/(?<=, )(?:frame|line) /g, '');
  return unique.length > mostPlaces ? `${shown} and ${unique.length - mostPlaces} more` : shown;
}
