import { expect, test } from 'vitest';

import { choose, settings } from '../kit.ts';

const at = (environment: Record<string, string>, url: string) => choose('curl', settings({ environment }), url);
const secure = 'https://app.corp.example/';
const plain = 'http://app.corp.example/';

test.each([
  [{ http_proxy: 'p:1' }, plain, 'PROXY p:1'],
  [{ http_proxy: 'p:1' }, secure, 'DIRECT'],
  [{ HTTP_PROXY: 'p:1' }, plain, 'DIRECT'],
  [{ HTTPS_PROXY: 'p:1' }, secure, 'PROXY p:1'],
  [{ https_proxy: 'lower:1', HTTPS_PROXY: 'upper:2' }, secure, 'PROXY lower:1'],
  [{ https_proxy: '', HTTPS_PROXY: 'upper:2' }, secure, 'PROXY upper:2'],
  [{ ALL_PROXY: 'socks5://s:9' }, secure, 'SOCKS5 s:9'],
  [{ HTTPS_PROXY: 'https://p' }, secure, 'HTTPS p:443'],
])('%j sends %s to %s', (environment, url, route) => {
  expect(at(environment, url)).toMatchObject({ routes: [route] });
});

test.each([
  ['corp.example', secure, true],
  ['.corp.example', 'https://corp.example/', true],
  ['*.corp.example', secure, false],
  ['*', secure, true],
  ['10.0.0.0/8', 'https://10.1.2.3/', true],
  ['orp.example', secure, false],
])('no_proxy=%s with %s: %s', (list, url, bypassed) => {
  const choice = at({ https_proxy: 'p:1', no_proxy: list }, url);
  expect(choice).toMatchObject(bypassed ? { kind: 'direct', bypassed: list } : { kind: 'static' });
});

test('a variable in the letter case that is not read is named', () => {
  expect(at({ HTTP_PROXY: 'p:1' }, plain).reasons).toMatchObject([{ name: 'HTTP_PROXY', overriddenBy: 'http_proxy' }]);
});
