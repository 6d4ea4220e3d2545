/** Display filters of Wireshark (wireshark-filter(4)): the fields of `fields.ts`; a field alone asks whether it is there. */
import type { Grammar } from './grammar.ts';
import { isField } from './fields.ts';

export const wireshark: Grammar = {
  word: (word) => (isField(word) ? { kind: 'test', field: word, how: 'exists', values: [] } : undefined),
  equal: ['==', 'eq'],
  unequal: 'with-field',
  set: ['{', '}'],
};
