import type { LintRule } from '../lint.ts';
import { callOf, textOf } from '../syntax.ts';

const asExpression = (pattern: string): string =>
  `^${pattern.replace(/\./g, '\\.').replace(/\*/g, '.*').replace(/\?/g, '.')}$`;

function compiles(source: string): boolean {
  try {
    return new RegExp(source).source !== '';
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** A dot that stands for itself in a domain name, left as "any character" in a regular expression. */
const looseDot =
  /(?<!\\)(?:[a-z0-9-]\.(?:com|net|org|example|test|local|corp|lan|internal|io|de|uk|eu|fr)(?![a-z0-9])|\(\\d\+\.\)|\\d(?:\{[\d,]+\}|\+)\.(?![*+?]))/i;

export const unescapedPattern: LintRule = {
  name: 'unescaped-pattern',
  severity: 'warning',
  summary: 'A shell pattern with characters of regular expressions, or a regular expression with a bare dot.',
  why: 'Every client but WinHTTP turns the pattern into a regular expression and translates only "." "*" "?": the rest stays live, and a pattern that does not compile throws. In a regular expression a bare dot fits any character.',
  fix: 'Use only * and ? in shExpMatch, one call per alternative; write \\. for a dot in a regular expression.',
  profiles: [],
  check({ nodes }, report) {
    for (const { node } of nodes) {
      const call = callOf(node);
      const text = call?.name === 'shExpMatch' ? textOf(call.args[1]) : null;
      if (text !== null) {
        if (!compiles(asExpression(text)))
          report(node, `"${text}" does not compile as a regular expression and throws`);
        else if (/[+^$\\]|\[|\]|\{|\}/.test(text)) report(node, `"${text}" has characters that are not literal`);
        else if (/\|/.test(text) && !/^\(.*\)$/.test(text))
          report(node, `"${text}": "|" outside brackets splits the pattern and loses its ends`);
      }
      const expression = node.type === 'Literal' ? (node['regex'] as { pattern: string } | undefined) : undefined;
      if (expression && looseDot.test(expression.pattern))
        report(node, `/${expression.pattern}/ has a dot that fits any character`);
    }
  },
};
