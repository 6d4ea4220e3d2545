/** The rules as a list. */
import type { Rule } from './rule.ts';
import * as all from './rules/index.ts';

export const rules: readonly Rule[] = Object.values(all);
