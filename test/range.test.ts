import { expect, test } from 'vitest';

import { inRange, isRange } from '../src/range.ts';

test.each<[range: string, inside: string[], outside: string[]]>([
  ['10.0.0.0/8', ['10.0.0.1', '10.255.255.255'], ['11.0.0.0', '9.255.255.255', '::a00:1', 'ten']],
  ['10.20.0.8', ['10.20.0.8'], ['10.20.0.9']],
  ['192.168.4.128/25', ['192.168.4.128', '192.168.4.255'], ['192.168.4.127', '192.168.5.128']],
  ['0.0.0.0/0', ['0.0.0.0', '255.255.255.255'], ['::', '256.0.0.1']],
  ['2001:db8::/32', ['2001:db8::1', '2001:DB8:ffff::'], ['2001:db9::1', '10.0.0.1']],
  ['::1', ['::1', '0:0:0:0:0:0:0:1'], ['::2', '1::1::1']],
  ['10.0.0.0/33', [], ['10.0.0.0']],
  ['*.corp.example', [], ['10.0.0.1', 'a.corp.example']],
])('%s has its own addresses and no others', (range, inside, outside) => {
  expect(inside.filter((address) => inRange(range, address))).toEqual(inside);
  expect(outside.filter((address) => inRange(range, address))).toEqual([]);
});

test('a path is no range', () => {
  expect(['10.0.0.0/8', '2001:db8::/32', '10.0.0.1', 'a/b', 'http://10.0.0.1/8'].map(isRange)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});
