/** Causes that have no finding of their own, since they leave the evidence of another: findings name them as alternatives. */
import type { Rule } from './rule.ts';

export interface NamedBy {
  rule: Rule;
  tellApart: string;
}

/** The rules that name a cause as an alternative, by its id; causes that have a rule themselves are left out. */
export function otherCauses(rules: readonly Rule[]): ReadonlyMap<string, readonly NamedBy[]> {
  const own = new Set(rules.map(({ id }) => id));
  const causes = new Map<string, NamedBy[]>();
  for (const rule of rules) {
    for (const { id, tellApart } of rule.alternatives) {
      if (own.has(id)) continue;
      const named = causes.get(id) ?? [];
      named.push({ rule, tellApart });
      causes.set(id, named);
    }
  }
  return causes;
}

/** Every id that a finding may show: its own, and those of its alternatives. */
export const causeIds = (rules: readonly Rule[]): string[] => [
  ...rules.map(({ id }) => id),
  ...otherCauses(rules).keys(),
];
