/** What a diagnosis tells of files, without their secrets: for whoever passes it on. */
import type { Finding } from '../finding.ts';
import type { TraceEvent } from '../trace/events.ts';
import { redactEvents } from './events.ts';
import { Redactor } from './redactor.ts';
import { gatherFragments } from './script.ts';

export interface Told {
  evidence: {
    events: readonly TraceEvent[];
    files: readonly { file: string }[];
    notes: readonly { file: string; says: string }[];
  };
  findings: readonly Finding[];
  questions: readonly { says: string }[];
}

/** The same with stand-ins, and the redactor that knows them. Names of files are names too. `ours` are sentences that speak of nobody. */
export function redactTold<T extends Told>(told: T, ours: ReadonlySet<string>): { told: T; redactor: Redactor } {
  const redactor = new Redactor();
  const { evidence, findings, questions } = told;
  for (const { type, data } of evidence.events) if (type === 'pac.loaded') gatherFragments(data.text, redactor);
  const events = redactEvents(evidence.events, redactor);
  const file = (name: string): string => redactor.text(name);
  const says = <S extends { says: string }>(one: S): S => ({ ...one, says: redactor.prose(one.says) });
  const files = evidence.files.map((one) => ({ ...one, file: file(one.file) }));
  const notes = evidence.notes.map((one) => says({ ...one, file: file(one.file) }));
  return {
    redactor,
    told: {
      ...told,
      evidence: { ...evidence, events, files, notes },
      findings: findings.map((one) => redactFinding(one, redactor, ours)),
      questions: questions.map(says),
    },
  };
}

/** `ours` are sentences that speak of nobody. */
export function redactFinding(finding: Finding, redactor: Redactor, ours: ReadonlySet<string>): Finding {
  const prose = (text: string): string => (ours.has(text) ? text : redactor.prose(text));
  return {
    ...finding,
    why: prose(finding.why),
    fix: prose(finding.fix),
    refutedIf: prose(finding.refutedIf),
    alternatives: finding.alternatives.map(({ id, tellApart }) => ({ id, tellApart: prose(tellApart) })),
  };
}
