import { expect, test } from 'vitest';

import { choose, settings } from '../kit.ts';

const at = (environment: Record<string, string>, url: string) => choose('node', settings({ environment }), url);
const secure = 'https://app.corp.example/';
const plain = 'http://app.corp.example/';

test.each([
  [{ HTTP_PROXY: 'http://p:1' }, plain, 'PROXY p:1'],
  [{ http_proxy: 'http://lower:1', HTTP_PROXY: 'http://upper:2' }, plain, 'PROXY lower:1'],
  [{ http_proxy: 'http://p:1' }, secure, 'DIRECT'],
  [{ ALL_PROXY: 'socks://s' }, secure, 'SOCKS5H s:1080'],
  [{ HTTPS_PROXY: 'proxy:8080' }, secure, 'HTTPS proxy:8080'],
  [{ HTTP_PROXY: 'proxy:8080' }, plain, 'PROXY proxy:8080'],
])('%j sends %s to %s', (environment, url, route) => {
  expect(at(environment, url)).toMatchObject({ routes: [route] });
});

test('a pac+ URL names a script, and nothing stands behind it', () => {
  const choice = at({ HTTPS_PROXY: 'pac+http://wpad.corp.example/wpad.dat' }, secure);
  expect(choice).toMatchObject({
    kind: 'automatic',
    autoDetect: false,
    scriptUrl: 'http://wpad.corp.example/wpad.dat',
    fallback: [],
    tail: [],
  });
});

test.each([
  ['corp.example', secure, false],
  ['app.corp.example', secure, true],
  ['.corp.example', secure, true],
  ['*.corp.example', secure, true],
  ['*', secure, true],
  ['app.corp.example:8443', secure, false],
  ['app.corp.example:443', secure, true],
  ['10.0.0.0/8', 'https://10.1.2.3/', false],
])('NO_PROXY=%s with %s: %s', (list, url, bypassed) => {
  const choice = at({ HTTPS_PROXY: 'http://p:1', NO_PROXY: list }, url);
  expect(choice).toMatchObject(bypassed ? { kind: 'direct', bypassed: list } : { kind: 'static' });
});

test('what the program hands to its agent stands before the environment', () => {
  const environment = { HTTPS_PROXY: 'http://p:1' };
  const of = (browser: object) => choose('node', settings({ browser, environment }), secure);
  expect(of({ mode: 'script', scriptUrl: 'http://w/p.pac' })).toMatchObject({ scriptUrl: 'http://w/p.pac' });
  expect(of({ mode: 'manual', proxy: 'http://own:2' })).toMatchObject({ routes: ['PROXY own:2'] });
  expect(of({ mode: 'auto-detect' })).toMatchObject({ kind: 'direct' });
  expect(of({ mode: 'system' })).toMatchObject({ routes: ['PROXY p:1'] });
});

test('a proxy that is no URL fails the request', () => {
  expect(at({ HTTPS_PROXY: 'http://p:99999' }, secure)).toMatchObject({ kind: 'failed' });
  expect(at({ HTTPS_PROXY: 'ftp://p:1' }, secure)).toMatchObject({ kind: 'failed' });
});
