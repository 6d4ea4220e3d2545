import type { LintRule } from '../lint.ts';
import { callOf, nameOf, textOf } from '../syntax.ts';

const tests = new Set(['dnsDomainIs', 'shExpMatch', 'localHostOrDomainIs']);

export const caseSensitiveHost: LintRule = {
  name: 'case-sensitive-host',
  severity: 'error',
  summary: 'A host compared with a text that has capitals.',
  why: 'Every comparison is case-sensitive and browsers pass the host in lower case, so this can never be true there. WinHTTP passes it as the user wrote it.',
  fix: 'Write the text in lower case, and begin the function with host = host.toLowerCase().',
  profiles: [],
  check({ nodes }, report) {
    for (const { node } of nodes) {
      const call = callOf(node);
      if (call && tests.has(call.name) && nameOf(call.args[0]) === 'host') {
        const text = textOf(call.args[1]);
        if (text !== null && /[A-Z]/.test(text.replace(/\\./g, '')))
          report(node, `"${text}" has capitals, the host has none`);
      }
      if (node.type !== 'BinaryExpression' || !/^[!=]==?$/.test(String(node['operator']))) continue;
      const sides = [node['left'], node['right']];
      const text = sides.map(textOf).find((each) => each !== null);
      if (text && /[A-Z]/.test(text) && sides.some((side) => nameOf(side) === 'host')) {
        report(node, `"${text}" has capitals, the host has none`);
      }
    }
  },
};
