import { expect, test } from 'vitest';

import { choose, settings } from '../kit.ts';

const secure = 'https://app.corp.example/';
const plain = 'http://app.corp.example/';

test.each([
  ['corp.example', secure, false],
  ['.corp.example', 'https://corp.example/', true],
  ['.corp.example', secure, true],
  ['*.corp.example', secure, false],
  ['*', secure, false],
  ['10.0.0.0/8', 'https://10.1.2.3/', false],
  ['app.corp.example:443', secure, false],
])('NO_PROXY=%s with %s: %s', (list, url, bypassed) => {
  const choice = choose('dotnet', settings({ environment: { HTTPS_PROXY: 'p:1', NO_PROXY: list } }), url);
  expect(choice).toMatchObject(bypassed ? { kind: 'direct', bypassed: list } : { kind: 'static' });
});

const system = { autoDetect: false, proxy: 'system:2' };

test('any proxy of the environment puts the settings of the account aside', () => {
  const both = settings({ environment: { http_proxy: 'p:1' }, system });
  expect(choose('dotnet', both, plain)).toMatchObject({ routes: ['PROXY p:1'] });
  expect(choose('dotnet', both, secure)).toMatchObject({ routes: ['DIRECT'] });
  expect(choose('dotnet', settings({ system }), secure)).toMatchObject({ routes: ['PROXY system:2'] });
});

test.each([
  ['app.corp.example', true],
  ['*.corp.example', true],
  ['https://app.corp.example', true],
  ['app.corp.example:443', false],
])('an entry %s of the account’s exceptions: %s', (bypass, bypassed) => {
  const choice = choose('dotnet', settings({ system: { ...system, bypass } }), secure);
  expect(choice).toMatchObject(bypassed ? { kind: 'direct', bypassed: bypass } : { kind: 'static' });
});

test('discovery is the account’s', () => {
  expect(choose('dotnet', settings({}), secure)).toMatchObject({ kind: 'automatic', autoDetect: true });
});
