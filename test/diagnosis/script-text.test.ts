import { describe, expect, test } from 'vitest';

import { entriesOf, isRunTogether, oddityOf } from '../../src/diagnosis/answer-text.ts';
import { fitsAsMeant } from '../../src/diagnosis/handed.ts';
import { definesOnlyEx, isMarkup, keepsState, stringsIn } from '../../src/diagnosis/script-text.ts';

describe('a pattern as its author means it', () => {
  test.each([
    ['*.corp.example', 'www.corp.example', true],
    ['*.corp.example', 'corp.example', false],
    ['www?.example', 'www1.example', true],
    ['www?.example', 'www.example', false],
    ['*/reports/*', 'https://app/reports/1', true],
    ['*.a|*.b', 'x.a', false],
    ['', '', true],
    ['*', '', true],
  ])('%s on %s: %s', (pattern, text, fits) => {
    expect(fitsAsMeant(pattern, text)).toBe(fits);
  });

  test('a hostile pattern costs no more than its length times that of the text', () => {
    expect(fitsAsMeant(`${'*a'.repeat(500)}b`, 'a'.repeat(5000))).toBe(false);
  });
});

describe('what a script keeps from call to call', () => {
  test.each([
    ['var n = 0; function F() { n++; }', true],
    ['var n = 0; function F() { return n == 0; }', false],
    ['function F() { var n = 0; n++; }', false],
    ['function F() { return Math.random(); }', true],
    ['// Math.random()\nfunction F() {}', false],
    ['var t = {}; function F(h) { return t[h]; }', false],
  ])('%s', (text, keeps) => {
    expect(keepsState(text)).toBe(keeps);
  });
});

test('texts are read past comments and past slashes inside of texts', () => {
  expect(stringsIn('var a = "http://x"; // "no"\n/* "no" */ b = \'y\';')).toEqual(['http://x', 'y']);
});

test('a page is no script, and the Ex function alone is not the common one', () => {
  expect([isMarkup(' <html>'), isMarkup('function F() { return 1 < 2; }')]).toEqual([true, false]);
  expect(definesOnlyEx('function FindProxyForURLEx(url, host) {}')).toBe(true);
  expect(definesOnlyEx('function FindProxyForURL() {} function FindProxyForURLEx() {}')).toBe(false);
});

test('entries that run together and odd entries are told apart from good ones', () => {
  const odd = (answer: string): (string | null)[] => entriesOf(answer).map(oddityOf);
  expect(odd('PROXY a:1; DIRECT; SOCKS5 [2001:db8::1]:1080')).toEqual([null, null, null]);
  expect(odd('HTTP a:1;proxy a:1;PROXY a;PROXY http://a:1/').every((said) => said !== null)).toBe(true);
  expect(entriesOf('PROXY a:1, PROXY b:2').some(isRunTogether)).toBe(true);
  expect(entriesOf('PROXY a:1 PROXY b:2').some(isRunTogether)).toBe(true);
  expect(entriesOf('PROXY a:1; PROXY b:2').some(isRunTogether)).toBe(false);
});
