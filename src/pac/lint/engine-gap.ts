import type { LintRule } from '../lint.ts';
import { profileNames } from '../profile.ts';
import { profileNamed } from '../profiles/index.ts';
import { usesOf } from '../uses.ts';

const gaps = profileNames.map((name) => ({ name, missing: profileNamed(name).script.missing }));
const all = [...new Set(gaps.flatMap(({ missing }) => missing))];

export const engineGap: LintRule = {
  name: 'engine-gap',
  severity: 'warning',
  summary: 'Something that only some clients give to PAC files.',
  why: 'Elsewhere it is undefined, or an error that loses the script. What this program says about such a line is not established, because its own engine does not have it either.',
  fix: 'Write it with what every client has: ECMAScript 5 and the helpers.',
  profiles: [],
  check({ source }, report) {
    for (const { name, line, column } of usesOf(source, all)) {
      const whom = gaps.filter(({ missing }) => missing.includes(name)).map((each) => each.name);
      report({ line, column }, `${name} is there in ${whom.join(', ')} only`);
    }
  },
};
