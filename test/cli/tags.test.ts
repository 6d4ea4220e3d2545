import { expect, test } from 'vitest';

import { parseTags } from '../../src/cli/tags.ts';

test.each([
  ['auth', ['auth'], true],
  ['auth', ['tls'], false],
  ['not auth', ['tls'], true],
  ['auth and tls', ['auth'], false],
  ['auth or tls', ['tls'], true],
  ['auth and not slow', ['auth'], true],
  ['auth and not slow', ['auth', 'slow'], false],
  ['a or b and c', ['a'], true],
  ['(a or b) and c', ['a'], false],
  ['not (a or b)', ['c'], true],
  ['not not a', ['a'], true],
])('%s takes %j: %j', (expression, tags, taken) => {
  expect(parseTags(expression)(tags)).toBe(taken);
});

test.each([
  ['and', "a tag is missing before 'and'"],
  ['auth and', 'a tag is missing at the end'],
  ['', 'a tag is missing at the end'],
  ['auth tls', "'tls' needs 'and' or 'or' before it"],
  ['(auth', "a ')' is missing"],
  ['auth)', "')' closes nothing"],
])('%s is refused: %s', (expression, message) => {
  expect(() => parseTags(expression)).toThrow(message);
});
