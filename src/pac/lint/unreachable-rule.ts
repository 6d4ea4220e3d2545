import type { LintRule } from '../lint.ts';
import { childrenOf, isNode, type SyntaxNode } from '../syntax.ts';

const ends = (node: SyntaxNode): boolean => {
  if (/^(?:Return|Throw)Statement$/.test(node.type)) return true;
  if (node.type === 'BlockStatement') return childrenOf(node).some(ends);
  const { consequent, alternate } = node;
  return node.type === 'IfStatement' && isNode(consequent) && isNode(alternate) && ends(consequent) && ends(alternate);
};

const always = (test: unknown): boolean => isNode(test) && test.type === 'Literal' && Boolean(test['value']);

export const unreachableRule: LintRule = {
  name: 'unreachable-rule',
  severity: 'error',
  summary: 'A rule behind a return, or one that repeats an earlier test.',
  why: 'The script has already returned when it gets here, so this rule never decides anything.',
  fix: 'Move the rule before the one that catches everything, or remove it.',
  profiles: [],
  check({ nodes, source }, report) {
    for (const { node } of nodes) {
      if (node.type !== 'BlockStatement' && node.type !== 'Program') continue;
      const statements = (node['body'] as unknown[]).filter(isNode);
      const end = statements.findIndex((each) => ends(each) || (each.type === 'IfStatement' && always(each['test'])));
      const behind =
        end < 0 ? undefined : statements.slice(end + 1).find((each) => !/Declaration$|^Empty/.test(each.type));
      if (behind) report(behind, 'this is never reached');
      const seen = new Set<string>();
      for (const each of statements.slice(0, end < 0 ? undefined : end)) {
        const { test, consequent } = each;
        if (each.type !== 'IfStatement' || !isNode(test) || !isNode(consequent) || !ends(consequent)) {
          if (!/^If|Declaration$/.test(each.type)) seen.clear();
          continue;
        }
        const text = source.slice(test.start, test.end).replace(/\s+/g, ' ');
        if (seen.has(text)) report(each, `the same test as an earlier rule: ${text.slice(0, 60)}`);
        seen.add(text);
      }
    }
  },
};
