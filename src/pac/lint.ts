/** Mistakes that can be seen in the text of a PAC file, each with its place, the reason, and what to write instead. */
import { rules } from './lint/index.ts';
import type { ProfileName } from './profile.ts';
import { parseScript, visit, type SyntaxNode } from './syntax.ts';

export interface LintFinding {
  /** Name of the rule. */
  readonly rule: string;
  readonly severity: 'error' | 'warning';
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  /** What is there. */
  readonly message: string;
  readonly why: string;
  readonly fix: string;
  /** Clients it concerns; empty: all of them. */
  readonly profiles: readonly ProfileName[];
}

export interface LintRule {
  readonly name: string;
  readonly severity: LintFinding['severity'];
  readonly summary: string;
  readonly why: string;
  readonly fix: string;
  readonly profiles: readonly ProfileName[];
  /** Calls `report` for each place; `message` says what is there. */
  readonly check: (script: Script, report: (at: SyntaxNode | Spot, message: string) => void) => void;
}

export interface Spot {
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/** A script as rules see it. */
export interface Script {
  readonly source: string;
  readonly tree: SyntaxNode;
  /** Every node with its ancestors, outermost first. */
  readonly nodes: readonly { readonly node: SyntaxNode; readonly ancestors: readonly SyntaxNode[] }[];
}

/** Findings in the order of the text. A text that cannot be parsed gives one finding, `syntax`. */
export function lint(source: string): LintFinding[] {
  const { tree, problem } = parseScript(source);
  if (!tree) return [syntaxFinding(problem)];
  const nodes: { node: SyntaxNode; ancestors: readonly SyntaxNode[] }[] = [];
  visit(tree, (node, ancestors) => nodes.push({ node, ancestors }));
  const script: Script = { source, tree, nodes };
  const findings = rules.flatMap((rule) => findingsOf(rule, script));
  return findings.sort((a, b) => a.line - b.line || a.column - b.column);
}

function findingsOf(rule: LintRule, script: Script): LintFinding[] {
  const { name, severity, why, fix, profiles } = rule;
  const findings: LintFinding[] = [];
  rule.check(script, (at, message) => {
    const spot = 'loc' in at ? { line: at.loc.start.line, column: at.loc.start.column + 1 } : at;
    findings.push({ rule: name, severity, line: spot.line, column: spot.column, message, why, fix, profiles });
  });
  return findings;
}

const syntaxFinding = ({ message, line, column }: { message: string; line: number; column: number }): LintFinding => ({
  rule: 'syntax',
  severity: 'error',
  line,
  column,
  message: `the script does not parse: ${message}`,
  why: 'No client can run it. Browsers and .NET then go DIRECT without a word, WinHTTP reports 12166, Node requests fail.',
  fix: 'Correct the syntax at this place, or check that the server sent the script and not an HTML page.',
  profiles: [],
});
