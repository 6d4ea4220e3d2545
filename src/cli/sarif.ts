/** Findings as SARIF 2.1.0, for tools that show results of analyses. */
import type { Finding } from '../finding.ts';
import type { TraceEvent } from '../trace/events.ts';
import { sayEvidence } from './finding-text.ts';

const levels = { error: 'error', warning: 'warning', info: 'note' } as const;

/** `version` is that of the program. */
export function toSarif(findings: readonly Finding[], events: readonly TraceEvent[], version: string): object {
  const rules = [...new Map(findings.map((finding) => [finding.id, finding])).values()];
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'paclab',
            version,
            rules: rules.map(({ id, title, fix }) => ({
              id,
              shortDescription: { text: title },
              help: { text: fix },
            })),
          },
        },
        results: findings.map((finding) => resultOf(finding, events)),
      },
    ],
  };
}

function resultOf({ id, severity, why, evidence, confidence }: Finding, events: readonly TraceEvent[]): object {
  const numbers = new Set(evidence);
  const files = new Set(events.flatMap(({ seq, file }) => (numbers.has(seq) && file !== undefined ? [file] : [])));
  return {
    ruleId: id,
    level: levels[severity],
    message: { text: `${why} (${sayEvidence(evidence, events)})` },
    locations: [...files].map((file) => ({ physicalLocation: { artifactLocation: { uri: encodeURI(file) } } })),
    properties: { confidence, evidence },
  };
}
