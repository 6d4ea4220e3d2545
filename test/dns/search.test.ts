import { expect, test } from 'vitest';

import { expandNames } from '../../src/dns/search.ts';
import type { SearchDomains } from '../../src/dns/search.ts';
import { stubResolvers } from '../../src/dns/stubs.ts';
import { wpadNames } from '../../src/dns/wpad.ts';

const windows = (name: string, domains: SearchDomains): string[] =>
  expandNames(name, domains, stubResolvers.windows.search);
const glibc = (name: string, domains: SearchDomains): string[] =>
  expandNames(name, domains, stubResolvers.glibc.search);
const suffix = 'dept.corp.example';

test('a single label gets the suffix on Windows, and is never asked alone', () => {
  expect(windows('wpad', { suffix })).toEqual(['wpad.dept.corp.example']);
});

test('a search list stands instead of the suffix, and ends devolution', () => {
  const search = ['a.example', 'B.example.', 'b.example'];
  expect(windows('wpad', { suffix, search, devolution: true })).toEqual(['wpad.a.example', 'wpad.B.example']);
});

test('devolution walks up to two labels, and only when it is on', () => {
  expect(windows('wpad', { suffix, devolution: true })).toEqual(['wpad.dept.corp.example', 'wpad.corp.example']);
  expect(windows('wpad', { suffix: 'a.b.c.d', devolution: true })).toEqual(['wpad.a.b.c.d', 'wpad.b.c.d', 'wpad.c.d']);
  expect(windows('wpad', { suffix: 'example', devolution: true })).toEqual(['wpad.example']);
});

test('glibc asks for the bare label last, and does not devolve names of its own accord', () => {
  expect(glibc('wpad', { suffix })).toEqual(['wpad.dept.corp.example', 'wpad']);
  expect(glibc('wpad', { search: ['a.example', 'b.example'] })).toEqual(['wpad.a.example', 'wpad.b.example', 'wpad']);
});

test('a name of several labels is asked as it is; glibc then appends', () => {
  expect(windows('proxy.corp', { suffix })).toEqual(['proxy.corp']);
  expect(glibc('proxy.corp', { suffix })).toEqual(['proxy.corp', 'proxy.corp.dept.corp.example']);
});

test('a trailing dot ends the search before it begins', () => {
  expect(windows('wpad.', { suffix })).toEqual(['wpad']);
  expect(glibc('proxy.corp.', { suffix })).toEqual(['proxy.corp']);
});

test('without any suffix only the bare label is left', () => {
  for (const domains of [{}, { suffix: null, search: [] }, { suffix: '' }]) {
    expect(windows('wpad', domains)).toEqual(['wpad']);
    expect(glibc('wpad', domains)).toEqual(['wpad']);
  }
});

test('discovery asks for wpad under the suffix, or for the bare name', () => {
  expect(wpadNames('suffix', { suffix: 'corp.example.' })).toEqual([{ name: 'wpad.corp.example', search: false }]);
  expect(wpadNames('bare', { suffix })).toEqual([{ name: 'wpad', search: true }]);
  expect(wpadNames('suffix', { suffix: null })).toEqual([{ name: 'wpad', search: false }]);
  expect(wpadNames('suffix', { suffix, devolution: true }).map(({ name }) => name)).toEqual([
    'wpad.dept.corp.example',
    'wpad.corp.example',
  ]);
});
