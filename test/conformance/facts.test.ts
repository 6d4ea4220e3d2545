import { describe, expect, it } from 'vitest';
import { askFact, factProfiles, facts, isAsked } from './facts.ts';

for (const key of Object.keys(factProfiles)) {
  describe(`what ${key} did`, () => {
    for (const fact of facts.filter((each) => isAsked(each, key))) {
      const disputed = fact.disputed?.[key];
      it(`${fact.id} ${disputed ? 'differs, as explained' : 'agrees'}`, async () => {
        const [observed, ours] = await askFact(fact, key);
        expect(ours).toEqual(disputed ? disputed.actual : observed);
      });
    }
  });
}
