/** Findings of a customer's files as SARIF 2.1.0. */
import type { Finding } from '../finding.ts';
import { rulesOf, sarifLevels, sarifLog, sarifPlace } from '../report/sarif.ts';
import type { TraceEvent } from '../trace/events.ts';
import { sayEvidence } from './finding-text.ts';

/** `version` is that of the program. */
export const toSarif = (findings: readonly Finding[], events: readonly TraceEvent[], version: string): object =>
  sarifLog(
    rulesOf(findings),
    findings.map((finding) => resultOf(finding, events)),
    version,
  );

function resultOf({ id, severity, why, evidence, confidence }: Finding, events: readonly TraceEvent[]): object {
  const numbers = new Set(evidence);
  const files = new Set(events.flatMap(({ seq, file }) => (numbers.has(seq) && file !== undefined ? [file] : [])));
  return {
    ruleId: id,
    level: sarifLevels[severity],
    message: { text: `${why} (${sayEvidence(evidence, events)})` },
    locations: [...files].map((file) => sarifPlace(file)),
    properties: { confidence, evidence },
  };
}
