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
  [' * ', secure, false],
  ['*,other.example', secure, false],
  ['app.corp.example:443', secure, false],
  ['corp.example', 'https://app.corp.example./', true],
  ['10.0.0.0/8', 'https://10.1.2.3/', true],
  ['orp.example', secure, false],
])('no_proxy=%s with %s: %s', (list, url, bypassed) => {
  const choice = at({ https_proxy: 'p:1', no_proxy: list }, url);
  expect(choice).toMatchObject(bypassed ? { kind: 'direct', bypassed: list } : { kind: 'static' });
});

test('a variable in the letter case that is not read is named', () => {
  expect(at({ HTTP_PROXY: 'p:1' }, plain).reasons).toMatchObject([{ name: 'HTTP_PROXY', overriddenBy: 'http_proxy' }]);
});

test.each([
  ['p', 'PROXY p:1080'],
  ['socks4a://s', 'SOCKS4A s:1080'],
  ['socks5h://s:1', 'SOCKS5H s:1'],
  ['http://p:80/', 'PROXY p:80'],
])('-x %s goes by %s, whatever the environment says', (proxy, route) => {
  const of = settings({ browser: { mode: 'manual', proxy }, environment: { https_proxy: 'other:1' } });
  expect(choose('curl', of, secure)).toMatchObject({ kind: 'static', routes: [route] });
});

test.each([
  ['foo://p:1', { number: 7, text: "curl: (7) Unsupported proxy scheme for 'foo://p:1'" }],
  ['http://p:99999', { number: 5, text: "curl: (5) Unsupported proxy syntax in 'http://p:99999'" }],
])('a proxy %s is refused in the words of curl', (proxy, error) => {
  expect(at({ https_proxy: proxy }, secure)).toMatchObject({ kind: 'failed', error });
});

test('user and password of the proxy are taken from its URL', () => {
  const choice = at({ https_proxy: 'http://ann:p%40ss@p:1' }, secure);
  expect(choice).toMatchObject({ routes: ['PROXY p:1'], credentials: { user: 'ann', password: 'p@ss' } });
  expect(at({ https_proxy: 'http://p:1' }, secure)).not.toHaveProperty('credentials');
});
