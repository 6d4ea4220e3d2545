/** How a run is called: whole for programs, short for people. */
import { expect, test } from 'vitest';

import { sayRun, sayRunShortly } from '../../src/run/record.ts';

const called = (row: Record<string, unknown>): string[] => [sayRun({ id: 'a', row }), sayRunShortly({ id: 'a', row })];

test('a row of words is called the same by both', () => {
  expect(called({})).toEqual(['a', 'a']);
  const words = { scheme: 'basic', count: 2, both: ['ntlm', 'negotiate'], none: null };
  expect(called(words)).toEqual(Array(2).fill('a [scheme=basic, count=2, both=ntlm+negotiate, none=null]'));
});

test('of a value with many parts people read the words, not the settings behind them', () => {
  const drop = {
    'firewall.rules': [
      { when: { to: '*:443' }, then: 'drop' },
      { when: { to: '*:80' }, then: 'drop' },
    ],
  };
  const [whole, short] = called({ case: { broken: 'the proxy is dead', finds: ['x', 'y'], change: drop } });
  expect(short).toBe('a [case: broken=the proxy is dead, finds=x+y, …]');
  // Programs tell rows apart by all of it.
  expect(whole).toContain('"firewall.rules"');
  expect(called({ case: { broken: 'nothing', change: {}, service: { enabled: false } } })[1]).toBe(
    'a [case: broken=nothing, change={}, service={enabled: false}]',
  );
});

test('where there are no words, everything is said, without quotes', () => {
  expect(called({ proxy: { settings: { enabled: false }, rules: [{ to: '*:443' }] } })[1]).toBe(
    'a [proxy: settings={enabled: false}, rules={to: *:443}]',
  );
  expect(called({ headers: {} })[1]).toBe('a [headers={}]');
});
