import type { Helper } from '../helper.ts';

/** A global that the helper text of the browsers leaves behind; `const wdays` in a PAC is a redeclaration there. */
export const wdays: Helper = {
  name: 'wdays',
  summary: 'Numbers of the weekdays.',
  variants: {
    table: { kind: 'value', parameters: null, body: `{ SUN: 0, MON: 1, TUE: 2, WED: 3, THU: 4, FRI: 5, SAT: 6 }` },
  },
};
