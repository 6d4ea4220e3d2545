import { z } from 'zod';

import { confidences, severities } from '../../finding.ts';
import type { Finding } from '../../finding.ts';
import { criterion, sayTicks } from '../criteria.ts';
import type { Criterion } from '../criteria.ts';
import { eventType } from '../event-matcher.ts';
import { scenarioExpectation } from '../expectation.ts';
import type { Judged, ScenarioFacts } from '../expectation.ts';

const id = z.string().regex(/^[a-z0-9-]+$/, 'the id of a diagnosis: small letters, digits and hyphens');

const detailed = z.strictObject({
  id,
  severity: z.enum(severities).optional(),
  confidence: z.enum(confidences).optional(),
  evidence: z.array(eventType).optional().describe('events of these types are among the evidence'),
  alone: z.boolean().optional().describe('nothing else is found'),
});
type Wanted = z.output<typeof detailed>;

const one = z.union([id.transform((id): Wanted => ({ id })), detailed]);

export const diagnosisExpectation = scenarioExpectation({
  key: 'diagnosis',
  summary: 'What the diagnosis finds: an id, `none`, one with its details, or the whole list in order.',
  schema: z.union([z.literal('none').transform((): Wanted[] => []), one, z.array(one)]),
  judge: (wanted, facts) => (Array.isArray(wanted) ? judgeList(wanted, facts) : judgeOne(wanted, facts)),
});

/** The list is complete: what it does not name must not be found. */
function judgeList(wanted: readonly Wanted[], { events, findings }: ScenarioFacts): Judged {
  const expected = wanted.length === 0 ? 'no finding' : `findings: ${wanted.map(({ id }) => id).join(', ')}`;
  const pairs = wanted.map((one, index) => criteriaOf(one, findings[index], events));
  const passed = wanted.length === findings.length && pairs.flat().every((criterion) => criterion.passed);
  const wrong = pairs.flat().filter((criterion) => !criterion.passed);
  const detail = wrong.length > 0 && findings.length > 0 ? `; ${sayTicks(wrong)}` : '';
  return {
    passed,
    expected,
    actual: `${sayFindings(findings)}${passed ? '' : detail}`,
    evidence: evidenceOf(findings),
  };
}

function judgeOne(wanted: Wanted, { events, findings }: ScenarioFacts): Judged {
  const found = findings.find((finding) => finding.id === wanted.id);
  const criteria = criteriaOf(wanted, found, events);
  const others = findings.filter(({ id }) => id !== wanted.id);
  const alone = wanted.alone !== true || others.length === 0;
  const ticks = found && criteria.length > 1 ? `; ${sayTicks(criteria)}` : '';
  return {
    passed: criteria.every(({ passed }) => passed) && alone,
    expected: `finding ${wanted.id}${wanted.alone === true ? ' alone' : ''}`,
    actual: `${sayFindings(findings)}${ticks}`,
    evidence: evidenceOf(found ? [found, ...(alone ? [] : others)] : findings),
  };
}

function criteriaOf(wanted: Wanted, found: Finding | undefined, events: ScenarioFacts['events']): Criterion[] {
  const { severity, confidence, evidence } = wanted;
  const types = new Set(events.filter(({ seq }) => found?.evidence.includes(seq) ?? false).map(({ type }) => type));
  return [
    criterion('id', wanted.id, found?.id),
    ...(severity === undefined ? [] : [criterion('severity', severity, found?.severity)]),
    ...(confidence === undefined ? [] : [criterion('confidence', confidence, found?.confidence)]),
    ...(evidence ?? []).map((type) => criterion('evidence', type, types.has(type) ? type : [...types])),
  ];
}

const sayFindings = (findings: readonly Finding[]): string =>
  findings.length === 0
    ? 'nothing was found'
    : `found ${findings.map(({ id, severity, confidence }) => `${id} (${severity}, ${confidence})`).join(', ')}`;

const evidenceOf = (findings: readonly Finding[]): number[] =>
  [...new Set(findings.flatMap(({ evidence }) => evidence))].sort((left, right) => left - right);
