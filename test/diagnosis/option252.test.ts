import { expect, test } from 'vitest';

import { faultOf } from '../../src/diagnosis/option252.ts';

test.each([
  [null, null],
  ['http://wpad.corp.example/wpad.dat', null],
  ['https://wpad.corp.example/wpad.dat', null],
  ['http://wpad.corp.example/wpad.dat\0', null],
  ['', 'none-meant'],
  ['\0', 'none-meant'],
  ['urn:wpadng:none', 'none-meant'],
  ['wpad.dat', 'malformed'],
  ['http://wpad.corp.example/wpad.dat\n', 'malformed'],
  [' http://wpad.corp.example/wpad.dat', 'malformed'],
  ['file://files.corp.example/wpad.dat', 'scheme'],
  ['ftp://files.corp.example/wpad.dat', 'scheme'],
])('option 252 %j: %s', (value, fault) => {
  expect(faultOf(value)).toBe(fault);
});
