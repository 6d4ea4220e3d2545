import type { Helper } from '../helper.ts';

/** A global that the helper text of the browsers leaves behind. */
export const months: Helper = {
  name: 'months',
  summary: 'Numbers of the months.',
  variants: {
    table: {
      kind: 'value',
      parameters: null,
      body: `{ JAN: 0, FEB: 1, MAR: 2, APR: 3, MAY: 4, JUN: 5, JUL: 6, AUG: 7, SEP: 8, OCT: 9, NOV: 10, DEC: 11 }`,
    },
  },
};
