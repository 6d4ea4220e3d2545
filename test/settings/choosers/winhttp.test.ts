import { expect, test } from 'vitest';

import { choose, netConfig, settings } from '../kit.ts';

const account = { autoDetect: false, proxy: 'account:1', bypass: '*.corp.example' };

test('netsh overrides the account, and says so of each value', () => {
  const choice = choose('winhttp', settings({ netsh: { proxy: 'netsh:2', bypass: '<local>' }, system: account }));
  expect(choice).toMatchObject({ kind: 'static', routes: ['PROXY netsh:2'] });
  expect(choice.reasons.filter(({ overriddenBy }) => overriddenBy === 'netsh').map(({ value }) => value)).toEqual([
    'false',
    'account:1',
    '*.corp.example',
  ]);
});

test('without netsh the account holds: discovery, script, then its static proxy', () => {
  expect(choose('winhttp', settings({ system: account }))).toMatchObject({ routes: ['PROXY account:1'] });
  expect(choose('winhttp', settings({ system: { proxy: 'account:1' } }))).toMatchObject({
    kind: 'automatic',
    autoDetect: true,
    fallback: ['PROXY account:1'],
    tail: [],
  });
});

test('it does not see the .exe.config', () => {
  const file = netConfig('<defaultProxy><proxy proxyaddress="http://p:8080"/></defaultProxy>');
  expect(choose('winhttp', settings({ system: { autoDetect: false } }, [file]))).toMatchObject({ routes: ['DIRECT'] });
});

test.each([
  ['<local>', 'http://intranet/', true],
  ['<local>', 'http://app.corp.example/', false],
  ['*.corp.example', 'http://app.corp.example/', true],
  ['*.corp.example', 'http://corp.example/', false],
  ['app.corp.example:8443', 'https://app.corp.example:8443/', true],
  ['app.corp.example:443', 'https://app.corp.example/', true],
  ['app.corp.example:8443', 'https://app.corp.example/', false],
  ['https://app.corp.example', 'http://app.corp.example/', false],
  ['10.*; <local>', 'http://10.1.2.3/', true],
])('the bypass list %s with %s: %s', (bypass, url, bypassed) => {
  const choice = choose('winhttp', settings({ netsh: { proxy: 'n:1', bypass } }), url);
  expect(choice.kind).toBe(bypassed ? 'direct' : 'static');
});

test.each([
  ['n:1', 'PROXY n:1'],
  ['http=a:1;https=b:2', 'PROXY b:2'],
  ['http=a:1 https=b:2', 'PROXY b:2'],
  ['http=a:1', 'DIRECT'],
  ['http=a:1;socks=s:9', 'SOCKS4 s:9'],
  ['https=https://b:2', 'HTTPS b:2'],
])('the proxy string %s sends https to %s', (proxy, route) => {
  expect(choose('winhttp', settings({ netsh: { proxy } }))).toMatchObject({ routes: [route] });
});

test('an advanced netsh setting may bring a script or discovery, which policy can switch off', () => {
  const netsh = { scriptUrl: 'http://s/p.pac', autoDetect: true };
  expect(choose('winhttp', settings({ netsh }))).toMatchObject({ autoDetect: true, scriptUrl: 'http://s/p.pac' });
  expect(choose('winhttp', settings({ netsh, policy: { disableWpad: true } }))).toMatchObject({ autoDetect: false });
});

test('before Windows 10 a fixed script is never used for certificate checks', () => {
  const spec = settings({ system: { autoDetect: false, scriptUrl: 'http://s/p.pac' } });
  expect(choose('winhttp-legacy', spec)).toMatchObject({ routes: ['DIRECT'] });
  expect(choose('winhttp', spec)).toMatchObject({ kind: 'automatic', scriptUrl: 'http://s/p.pac' });
  expect(choose('winhttp-legacy', settings({}))).toMatchObject({ kind: 'automatic', autoDetect: true });
  expect(choose('winhttp-legacy', settings({ netsh: { proxy: 'n:1' } }))).toMatchObject({ routes: ['PROXY n:1'] });
});

test('DisableWpad is documented for WinHTTP; that others heed it is inferred', () => {
  const spec = settings({ policy: { disableWpad: true }, system: { proxy: 'account:1' } });
  const markFor = (chooser: string): string | undefined =>
    choose(chooser, spec).reasons.find(({ name }) => name === 'DisableWpad')?.mark;
  expect(['winhttp', 'winhttp-legacy', 'system-net', 'wininet'].map(markFor)).toEqual([
    'documented',
    'documented',
    'inferred',
    'inferred',
  ]);
});
