import type { LintRule } from '../lint.ts';
import { callOf, textOf } from '../syntax.ts';

export const lookAlikeSuffix: LintRule = {
  name: 'look-alike-suffix',
  severity: 'warning',
  summary: 'dnsDomainIs or shExpMatch without a dot before the domain.',
  why: 'The test compares the last characters only, so "evilcorp.example" passes for "corp.example" and takes the inner route.',
  fix: 'Begin the domain with a dot (".corp.example"), and test the bare name beside it: host == "corp.example".',
  profiles: [],
  check({ nodes }, report) {
    for (const { node } of nodes) {
      const call = callOf(node);
      const text = textOf(call?.args[1]);
      if (!call || text === null) continue;
      if (call.name === 'dnsDomainIs' && /^[^.].*\./.test(text))
        report(node, `dnsDomainIs(…, "${text}") also fits "evil${text}"`);
      if (call.name === 'shExpMatch' && /^\*[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i.test(text)) {
        report(node, `"${text}" also fits "evil${text.slice(1)}"`);
      }
    }
  },
};
