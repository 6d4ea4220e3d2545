import { describe, expect, it } from 'vitest';
import { askFailover, askVector, vectorProfiles, vectors } from './vectors.ts';

const answered = Object.keys(vectorProfiles);

for (const topic of new Set(vectors.map((vector) => vector.topic))) {
  describe(topic, () => {
    for (const vector of vectors.filter((each) => each.topic === topic)) {
      for (const key of answered.filter((name) => name in (vector.expect ?? {}))) {
        const disputed = vector.disputed?.[key];
        it(`${vector.id}: ${key} ${disputed ? 'differs, as measured' : 'agrees'}`, async () => {
          const [expected, actual] = await askVector(vector, key);
          expect(actual).toEqual(disputed ? disputed.actual : expected);
        });
      }
      if (vector.kind !== 'failover') continue;
      for (const [step, key, expected, actual] of askFailover(vector)) {
        it(`${vector.id} ${step}: ${key} agrees`, () => expect(actual).toEqual(expected));
      }
    }
  });
}
