import { expect, test } from 'vitest';

import { choose, settings } from '../kit.ts';

const fixed = (bypass: string) => settings({ browser: { mode: 'manual', proxy: 'p:1', bypass } });

test('the settings of the account, discovery first; its static proxy is the last resort', () => {
  expect(choose('browser', settings({ system: { proxy: 'p:1', scriptUrl: 'http://s/p.pac' } }))).toMatchObject({
    kind: 'automatic',
    autoDetect: true,
    scriptUrl: 'http://s/p.pac',
    fallback: ['PROXY p:1'],
    tail: [],
  });
});

test.each([
  ['direct', { kind: 'direct' }],
  ['auto-detect', { kind: 'automatic', autoDetect: true, scriptUrl: null }],
  ['script', { kind: 'automatic', autoDetect: false, scriptUrl: 'http://s/p.pac' }],
  ['manual', { kind: 'static', routes: ['PROXY p:1'] }],
])('its own settings of mode %s go before the account', (mode, expected) => {
  const browser = { mode, scriptUrl: 'http://s/p.pac', proxy: 'p:1' };
  for (const chooser of ['browser', 'firefox'])
    expect(choose(chooser, settings({ system: { proxy: 'other:2' }, browser }))).toMatchObject(expected);
});

test.each([
  ['<local>', 'http://intranet/', true],
  ['<local>', 'http://10.1.2.3/', false],
  ['.corp.example', 'http://app.corp.example/', true],
  ['.corp.example', 'http://corp.example/', false],
  ['*.corp.example', 'http://a.b.corp.example/', true],
  ['10.0.0.0/8', 'http://10.1.2.3/', true],
  ['10.0.0.0/8', 'http://11.1.2.3/', false],
  ['app.corp.example:8080', 'http://app.corp.example:8080/', true],
  ['app.corp.example:8080', 'http://app.corp.example/', false],
  ['https://*', 'http://app.corp.example/', false],
  ['', 'http://localhost/', true],
  ['', 'http://127.0.0.1/', true],
  ['', 'http://169.254.1.1/', true],
  ['<-loopback>', 'http://127.0.0.1/', false],
  ['<-loopback>;127.0.0.1', 'http://127.0.0.1/', true],
  ['127.0.0.1;<-loopback>', 'http://127.0.0.1/', false],
])('Chromium: the rule %j with %s: %s', (bypass, url, bypassed) => {
  expect(choose('browser', fixed(bypass), url).kind).toBe(bypassed ? 'direct' : 'static');
});

test('Chromium asks the script about excepted names, Firefox does not; neither asks about loopback', () => {
  const spec = settings({ browser: { mode: 'script', scriptUrl: 'http://s/p.pac', bypass: 'app.corp.example' } });
  expect(choose('browser', spec, 'http://app.corp.example/')).toMatchObject({ kind: 'automatic' });
  expect(choose('firefox', spec, 'http://app.corp.example/')).toMatchObject({ kind: 'direct' });
  for (const chooser of ['browser', 'firefox'])
    expect(choose(chooser, spec, 'http://localhost/')).toMatchObject({ kind: 'direct' });
});

test.each([
  ['corp.example', 'http://app.corp.example/', true],
  ['.corp.example', 'http://corp.example/', true],
  ['10.0.0.0/8', 'http://10.1.2.3/', true],
  ['orp.example', 'http://corp.example/', false],
])('Firefox: the exception %s with %s: %s', (bypass, url, bypassed) => {
  expect(choose('firefox', fixed(bypass), url).kind).toBe(bypassed ? 'direct' : 'static');
});

test('its fixed proxy may speak TLS or SOCKS', () => {
  const of = (proxy: string) => choose('browser', settings({ browser: { mode: 'manual', proxy } }));
  expect(of('https://p')).toMatchObject({ routes: ['HTTPS p:443'] });
  expect(of('socks5://p')).toMatchObject({ routes: ['SOCKS5 p:1080'] });
});

test.each([{ disableWpad: true }, { autoProxyService: false }])(
  'a browser looks by itself in spite of %o',
  (policy) => {
    expect(choose('browser', settings({ policy }))).toMatchObject({ kind: 'automatic', autoDetect: true });
  },
);
