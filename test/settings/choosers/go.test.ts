import { expect, test } from 'vitest';

import { choose, settings } from '../kit.ts';

const at = (environment: Record<string, string>, url: string) => choose('go', settings({ environment }), url);
const secure = 'https://app.corp.example/';
const plain = 'http://app.corp.example/';

test.each([
  [{ http_proxy: 'p:1' }, plain, 'PROXY p:1'],
  [{ HTTP_PROXY: 'p:1' }, secure, 'DIRECT'],
  [{ https_proxy: 'lower:1', HTTPS_PROXY: 'upper:2' }, secure, 'PROXY upper:2'],
  [{ ALL_PROXY: 'p:1' }, secure, 'DIRECT'],
  [{ HTTPS_PROXY: 'https://p' }, secure, 'HTTPS p:443'],
  [{ HTTP_PROXY: 'p:1' }, 'http://localhost/', 'DIRECT'],
])('%j sends %s to %s', (environment, url, route) => {
  expect(at(environment, url)).toMatchObject({ routes: [route] });
});

test.each([
  ['corp.example', secure, true],
  ['corp.example', 'https://corp.example/', true],
  ['.corp.example', 'https://corp.example/', false],
  ['.corp.example', secure, true],
  ['*.corp.example', secure, true],
  ['*.corp.example', 'https://corp.example/', false],
  ['*', secure, true],
  ['10.0.0.0/8', 'https://10.1.2.3/', true],
  ['app.corp.example:8443', secure, false],
  ['app.corp.example:8443', 'https://app.corp.example:8443/', true],
  ['app.corp.example:443', secure, true],
])('NO_PROXY=%s with %s: %s', (list, url, bypassed) => {
  const choice = at({ HTTPS_PROXY: 'p:1', NO_PROXY: list }, url);
  expect(choice).toMatchObject(bypassed ? { kind: 'direct', bypassed: list } : { kind: 'static' });
});
