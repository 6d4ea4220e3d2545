/** SARIF 2.1.0, for tools that show results of analyses: the log around results, and what rules say of themselves. */
import type { Finding } from '../finding.ts';

export interface SarifRule {
  id: string;
  shortDescription: { text: string };
  help?: { text: string };
}

/** `version` is that of the program. */
export const sarifLog = (rules: readonly SarifRule[], results: readonly object[], version?: string): object => ({
  $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
  version: '2.1.0',
  runs: [
    {
      tool: { driver: { name: 'paclab', ...(version !== undefined && { version }), rules } },
      results,
    },
  ],
});

export const sarifLevels = { error: 'error', warning: 'warning', info: 'note' } as const;

/** Each id once, in the order in which they come. */
export const rulesOf = (findings: readonly Finding[]): SarifRule[] =>
  [...new Map(findings.map((finding) => [finding.id, finding])).values()].map(({ id, title, fix }) => ({
    id,
    shortDescription: { text: title },
    help: { text: fix },
  }));

/** Paths of files are relative to where the program ran. */
export const sarifPlace = (file: string, at?: { line: number; column: number }): object => ({
  physicalLocation: {
    artifactLocation: { uri: encodeURI(file.replaceAll('\\', '/')) },
    ...(at && { region: { startLine: at.line, startColumn: at.column } }),
  },
});
