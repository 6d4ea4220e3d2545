/** Events in, findings out: sorted by what to fix first, one for each cause, none without evidence. */
import { confidences, severities } from '../finding.ts';
import type { Finding } from '../finding.ts';
import type { TraceEvent } from '../trace/events.ts';
import { groupIn, viewOf } from '../trace/view.ts';
import type { View } from '../trace/view.ts';
import { rankAt } from './order.ts';
import type { Match, Rule } from './rule.ts';
import { rules } from './rules.ts';

/** What the causes behind a trace are. `known` are the rules to ask. */
export function diagnose(events: readonly TraceEvent[], known: readonly Rule[] = rules): Finding[] {
  const view = evidenceIn(events);
  const found = known.flatMap((rule) => matchesOf(rule, view));
  const causes = new Map<number, Found[]>();
  for (const one of found) for (const seq of one.explained) groupIn(causes, seq, () => []).push(one);
  const groups = new Map<string, Found[]>();
  for (const one of found) {
    const suspects = causes.get(one.match.evidence[0] ?? 0) ?? [];
    if (suspects.some((cause) => explains(cause, one))) continue;
    groupIn(groups, `${one.rule.id} ${one.match.about ?? ''}`, () => []).push(one);
  }
  return [...groups.values()]
    .map((found) => {
      const struck = Math.min(...found.map(strikeOf));
      return { finding: toFinding(found), struck, stops: rankAt(view, struck) };
    })
    .sort(firstToFix)
    .map(({ finding }) => finding);
}

/** The view that rules get: without what the lab and its steps say of themselves. */
export const evidenceIn = (events: readonly TraceEvent[]): View =>
  viewOf(events.filter(({ type }) => !type.startsWith('lab.') && !type.startsWith('step.')));

/** The rule with this id. */
export const ruleFor = (id: string): Rule | undefined => rules.find((rule) => rule.id === id);

interface Found {
  rule: Rule;
  match: Match;
  explained: ReadonlySet<number>;
}

function matchesOf(rule: Rule, view: View): Found[] {
  if (!rule.needs.every((need) => need.seen(view).length > 0)) return [];
  const matches = rule.find(view);
  if (matches.some(({ evidence }) => evidence.length === 0)) {
    throw new Error(`rule '${rule.id}' made a finding without evidence`);
  }
  return matches.map((match) => ({ rule, match, explained: new Set(match.explains) }));
}

/** Two that explain each other are settled by the order of events: causes come first. */
function explains(cause: Found, symptom: Found): boolean {
  if (cause.rule === symptom.rule || !covers(cause, symptom)) return false;
  return !covers(symptom, cause) || begin(cause) < begin(symptom);
}

const covers = ({ explained }: Found, { match }: Found): boolean => match.evidence.every((seq) => explained.has(seq));

const begin = ({ match }: Found): number => Math.min(...match.evidence);

function toFinding(found: Found[]): Finding {
  // The surest speaks for all; of those that are as sure, the gravest.
  const [best, ...more] = found.toSorted(
    (left, right) => sureness(left.match) - sureness(right.match) || gravity(left) - gravity(right),
  ) as [Found, ...Found[]];
  const { rule, match } = best;
  const again = more.length > 0 ? ` Seen ${found.length} times.` : '';
  return {
    id: rule.id,
    title: rule.title,
    severity: severities[Math.min(...found.map(gravity))] ?? rule.severity,
    confidence: match.confidence,
    why: `${match.why}${again}`,
    fix: match.fix ?? rule.fix,
    refutedIf: rule.refutedIf,
    alternatives: [...(match.alternatives ?? rule.alternatives)],
    evidence: [...new Set(found.flatMap(({ match }) => match.evidence))].sort((left, right) => left - right),
  };
}

const gravity = ({ rule, match }: Found): number => severities.indexOf(match.severity ?? rule.severity);

const sureness = ({ confidence }: { confidence: Match['confidence'] }): number => confidences.indexOf(confidence);

/** When a match is complete: the event by which its cause has struck. What it is compared with may be much older. */
const strikeOf = ({ match }: Found): number => Math.max(...match.evidence);

interface Struck {
  finding: Finding;
  struck: number;
  stops: number;
}

/**
 * Worst first; guesses after what is known; what stops the connector before what it got over; then in the order in which
 * they struck, since who repairs what came first sees the next one.
 */
function firstToFix({ finding: left, ...one }: Struck, { finding: right, ...other }: Struck): number {
  const guess = ({ confidence }: Finding): number => (confidence === 'possible' ? 1 : 0);
  return (
    severities.indexOf(left.severity) - severities.indexOf(right.severity) ||
    guess(left) - guess(right) ||
    one.stops - other.stops ||
    one.struck - other.struck ||
    left.id.localeCompare(right.id)
  );
}
