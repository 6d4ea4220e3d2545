import { expect, test } from 'vitest';

import { editDistance, nearest, suggest } from '../../src/scenario/suggest.ts';

test('swapping two neighbours is one edit', () => {
  expect(editDistance('nltm', 'ntlm')).toBe(1);
  expect(editDistance('behavior', 'behaviour')).toBe(1);
  expect(editDistance('', 'abc')).toBe(3);
  expect(editDistance('same', 'same')).toBe(0);
});

test('the nearest word is found, and a far one is not', () => {
  expect(nearest('chalenge', ['allow', 'challenge', 'deny'])).toBe('challenge');
  expect(nearest('ALLOW', ['allow'])).toBe('allow');
  expect(nearest('xyzzy', ['allow', 'challenge', 'deny'])).toBeUndefined();
  expect(nearest('ab', ['c', 'x'])).toBeUndefined();
});

test('a hint names the nearest word, else all when they are few, else nothing', () => {
  expect(suggest('alow', ['allow', 'deny'])).toBe("did you mean 'allow'?");
  expect(suggest('zzzz', ['allow', 'deny'])).toBe('known here: allow, deny');
  expect(
    suggest(
      'zzzz',
      Array.from({ length: 13 }, (_, index) => `word-${index}`),
    ),
  ).toBeUndefined();
  expect(suggest('zzzz', [])).toBeUndefined();
});

test('a word that stops early is continued, unless there are many ways', () => {
  const ids = ['auth-407-connect', 'auth-407-loop', 'tls-untrusted-ca'];
  expect(suggest('auth-407', ids)).toBe("did you mean 'auth-407-connect' or 'auth-407-loop'?");
  expect(suggest('tls', ids)).toBe("did you mean 'tls-untrusted-ca'?");
  expect(suggest('au', ids)).toBe('known here: auth-407-connect, auth-407-loop, tls-untrusted-ca');
});

test('words that are not used yet are thought of first', () => {
  expect(suggest('fro', ['for', 'from'], ['from'])).toBe("did you mean 'from'?");
});
