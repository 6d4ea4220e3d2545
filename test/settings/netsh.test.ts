import { expect, test } from 'vitest';

import { choose, settings } from './kit.ts';

const netsh = (text: string) => settings({}, [{ file: 'winhttp.txt', text: text.replaceAll('\n', '\r\n') }]).netsh;

test.each([
  [
    'English',
    '\nCurrent WinHTTP proxy settings:\n\n    Proxy Server(s) :  proxy.corp.example:8080\n    Bypass List     :  *.corp.example;<local>\n\n',
  ],
  [
    'German',
    '\nAktuelle WinHTTP-Proxyeinstellungen:\n\n    Proxyserver:      proxy.corp.example:8080\n    Umgehungsliste:   *.corp.example;<local>\n\n',
  ],
  [
    'French',
    '\nParamètres du proxy WinHTTP actuels\u00A0:\n\n    Serveur(s) proxy\u00A0:  proxy.corp.example:8080\n    Liste de contournement :  *.corp.example;<local>\n\n',
  ],
  [
    'Chinese',
    '\n当前的 WinHTTP 代理服务器设置:\n\n    代理服务器：  proxy.corp.example:8080\n    绕过列表：  *.corp.example;<local>\n\n',
  ],
])('reads show proxy in %s', (_language, text) => {
  expect(netsh(text)).toMatchObject({
    proxy: { value: 'proxy.corp.example:8080', origin: { file: 'winhttp.txt', line: 4 } },
    bypass: { value: '*.corp.example;<local>', origin: { line: 5 } },
  });
});

test('a word in parentheses is no bypass list', () => {
  const text =
    '\nCurrent WinHTTP proxy settings:\n\n    Proxy Server(s) :  http=a:1;https=b:2\n    Bypass List     :  (none)\n';
  expect(netsh(text)).toMatchObject({ proxy: { value: 'http=a:1;https=b:2' }, bypass: undefined });
  expect(netsh(text)?.proxy?.origin).toEqual({ file: 'winhttp.txt', line: 4, column: 24 });
});

test.each([
  '    Direct access (no proxy server).',
  '    Direktzugriff (kein Proxyserver).',
  '    直接访问(没有代理服务器)。',
])('says direct: %s', (line) => {
  expect(netsh(`\nWinHTTP:\n\n${line}\n\n`)).toMatchObject({ proxy: undefined, bypass: undefined });
});

test('reads show advproxy by its keys', () => {
  const text = `
Aktuelle WinHTTP-Einstellungen:

{
        "ProxyIsEnabled": true,
        "Proxy": "proxy.corp.example:8080",
        "ProxyBypass": "<local>",
        "AutoConfigIsEnabled": false,
        "AutoconfigUrl": "http://s/p.pac",
        "AutoDetect": true
}
`;
  expect(netsh(text)).toEqual({
    proxy: { value: 'proxy.corp.example:8080', origin: { file: 'winhttp.txt', line: 6, column: 9 } },
    bypass: { value: '<local>', origin: { file: 'winhttp.txt', line: 7, column: 9 } },
    scriptUrl: undefined,
    autoDetect: { value: true, origin: { file: 'winhttp.txt', line: 10, column: 9 } },
  });
});

test('output of a console in an old code page is read', () => {
  const text = Buffer.from('WinHTTP\n\n    Param\xe8tre :  p:1\n    Liste :  (aucun)\n', 'latin1');
  const read = settings({}, [{ file: 'netsh.txt', bytes: text }]);
  expect(choose('winhttp', read)).toMatchObject({ routes: ['PROXY p:1'] });
});

test.each([
  ['932', [0x81, 0x46], [0x81, 0x69], [0x81, 0x6a]],
  ['936', [0xa3, 0xba], [0xa3, 0xa8], [0xa3, 0xa9]],
  ['950', [0xa1, 0x47], [0xa1, 0x5d], [0xa1, 0x5e]],
])('wide colons and parentheses of the code page %s are read', (_page, colon, open, close) => {
  const line = (...parts: (string | number[])[]): Buffer =>
    Buffer.concat(parts.map((part) => Buffer.from(part as string)));
  const bytes = line('WinHTTP\n\n    Proxy', colon, '  p:1\n    List', colon, '  ', open, 'x', close, '\n');
  expect(settings({}, [{ file: 'netsh.txt', bytes }]).netsh).toMatchObject({
    proxy: { value: 'p:1' },
    bypass: undefined,
  });
  const plain = line('WinHTTP\n\n    Proxy:  p:1\n    List:  ', open, 'x', close, '\n');
  expect(settings({}, [{ file: 'netsh.txt', bytes: plain }]).netsh).toMatchObject({ bypass: undefined });
});

test('PerUserProxySettings of show advproxy is told, and does nothing', () => {
  const text = (rest: string): string => `WinHTTP\n\n{\n "Proxy": "p:1",\n "AutoDetect": false${rest}\n}\n`;
  const file = (rest: string) => ({ file: 'winhttp.txt', text: text(rest) });
  const told = settings({}, [file(',\n "PerUserProxySettings": false')]);
  expect(told.unread).toMatchObject([
    { name: 'winhttp.PerUserProxySettings', value: 'false', origin: { line: 6, column: 2 }, overriddenBy: 'policy' },
  ]);
  expect(told.policy.proxySettingsPerUser).toBeUndefined();
  expect(settings({}, [file('')]).unread).toEqual([]);
});

test('what is neither form is refused with its place', () => {
  expect(() => netsh('WinHTTP\n\n    a :  b\n    c :  d\n    e :  f\n')).toThrow(/more than a proxy and a bypass list/);
  expect(() => netsh('WinHTTP\n{ "Proxy": }')).toThrow(/not the JSON of netsh/);
  expect(() => netsh('WinHTTP\n\n    a F  b\n    c F  d\n')).toThrow(/no line of the form/);
});

test('an environment is told by its lines, and only proxy variables are kept', () => {
  const text = 'PATH=/bin\nhttps_proxy="http://p:1"\nNO_PROXY=localhost,.corp.example\nPROMPT=$P$G\n';
  const { environment } = settings({}, [{ file: 'env.txt', text }]);
  expect([...environment]).toEqual([
    ['https_proxy', { value: 'http://p:1', origin: { file: 'env.txt', line: 2, column: 1 } }],
    ['NO_PROXY', { value: 'localhost,.corp.example', origin: { file: 'env.txt', line: 3, column: 1 } }],
  ]);
});
