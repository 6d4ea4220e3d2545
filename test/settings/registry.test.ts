import { expect, test } from 'vitest';

import { InputError } from '../../src/failure.ts';
import type { Problem } from '../../src/failure.ts';
import { settingLines } from '../../src/settings/index.ts';
import type { SettingsFile } from '../../src/settings/index.ts';
import { choose, settings } from './kit.ts';

const internet = 'Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings';
const header = 'Windows Registry Editor Version 5.00';

const reg = (...lines: string[]): SettingsFile => ({
  file: 'export.reg',
  text: [header, '', ...lines, ''].join('\r\n'),
});

/** As the registry editor prints bytes: in lines of 80 columns with a backslash at the end. */
const hex = (name: string, bytes: Uint8Array): string => {
  const pairs = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'));
  const rows: string[] = [];
  while (pairs.length > 0) rows.push(pairs.splice(0, 20).join(','));
  return `"${name}"=hex:${rows.join(',\\\r\n  ')}`;
};

const connection = (flags: number, ...texts: string[]): Uint8Array => {
  const word = (value: number): number[] => [value & 255, (value >> 8) & 255, 0, 0];
  const parts = texts.flatMap((text) => [...word(text.length), ...Buffer.from(text, 'latin1')]);
  return Uint8Array.from([...word(0x46), ...word(7), ...word(flags), ...parts, ...Array.from({ length: 32 }, () => 0)]);
};

const problemsOf = (file: SettingsFile): readonly Problem[] => {
  try {
    settings({}, [file]);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
};

test.each([
  ['S-1-5-20', 'network-service', true],
  ['S-1-5-18', 'system', true],
  ['.DEFAULT', 'system', true],
  ['S-1-5-18', 'network-service', false],
])('the hive %s holds the settings of %s: %s', (hive, identity, holds) => {
  const file = reg(
    `[HKEY_USERS\\${hive}\\${internet}]`,
    '"ProxyEnable"=dword:00000001',
    '"ProxyServer"="p.corp.example:8080"',
    '"ProxyOverride"="*.corp.example;<local>"',
    '"AutoDetect"=dword:00000000',
  );
  const read = settings({}, [file], { identity });
  expect(choose('winhttp', read)).toMatchObject(
    holds ? { kind: 'static', routes: ['PROXY p.corp.example:8080'] } : { kind: 'automatic', fallback: ['DIRECT'] },
  );
});

test('each value has its own place', () => {
  const file = reg(`[HKEY_USERS\\S-1-5-20\\${internet}]`, '"ProxyEnable"=dword:00000001', '  "ProxyServer"="p:1"');
  expect(settings({}, [file]).accounts.get('network-service')?.proxy).toEqual({
    value: 'p:1',
    origin: { file: 'export.reg', line: 5, column: 3 },
  });
});

test('a proxy that is not enabled is none', () => {
  const file = reg(`[HKEY_USERS\\S-1-5-20\\${internet}]`, '"ProxyEnable"=dword:00000000', '"ProxyServer"="p:1"');
  expect(settings({}, [file]).accounts.get('network-service')?.proxy).toBeUndefined();
});

test('the binary value goes before the plain ones, wherever it stands', () => {
  const binary = [
    `[HKEY_USERS\\S-1-5-20\\${internet}\\Connections]`,
    hex('DefaultConnectionSettings', connection(1 | 2 | 4, 'binary:1', '*.corp.example;<local>', 'http://s/p.pac')),
  ];
  const plain = [
    `[HKEY_USERS\\S-1-5-20\\${internet}]`,
    '"ProxyEnable"=dword:00000001',
    '"ProxyServer"="plain:2"',
    '"AutoDetect"=dword:00000001',
  ];
  for (const file of [reg(...binary, '', ...plain), reg(...plain, '', ...binary)])
    expect(settings({}, [file]).accounts.get('network-service')).toMatchObject({
      proxy: { value: 'binary:1' },
      bypass: { value: '*.corp.example;<local>' },
      scriptUrl: { value: 'http://s/p.pac' },
      autoDetect: { value: false },
    });
});

test('the flags of the binary value say what of it holds', () => {
  const file = (flags: number): SettingsFile =>
    reg(
      `[HKEY_CURRENT_USER\\${internet}\\Connections]`,
      hex('DefaultConnectionSettings', connection(flags, 'p:1', '<local>', 'http://s/p.pac')),
    );
  const of = (flags: number) => settings({}, [file(flags)], { identity: 'anna' }).accounts.get('anna');
  expect(of(9)).toMatchObject({ autoDetect: { value: true }, proxy: undefined, scriptUrl: undefined });
  expect(of(3)).toMatchObject({ autoDetect: { value: false }, proxy: { value: 'p:1' }, scriptUrl: undefined });
  expect(of(5)).toMatchObject({ proxy: undefined, scriptUrl: { value: 'http://s/p.pac' } });
});

test("an administrator's own settings are invisible to a service", () => {
  const file = reg(`[HKEY_CURRENT_USER\\${internet}]`, '"ProxyEnable"=dword:00000001', '"ProxyServer"="admin:1"');
  const choice = choose('system-net', settings({}, [file]));
  expect(choice).toMatchObject({ kind: 'automatic', fallback: ['DIRECT'] });
  expect(choice.reasons.find(({ name }) => name === 'ProxyServer')).toMatchObject({
    value: 'admin:1',
    note: 'of the account current-user',
    overriddenBy: 'network-service',
  });
});

test('settings of the machine count when ProxySettingsPerUser is 0', () => {
  const machine = [
    `[HKEY_LOCAL_MACHINE\\${internet}]`,
    '"ProxyEnable"=dword:00000001',
    '"ProxyServer"="machine:1"',
    '"AutoDetect"=dword:00000000',
  ];
  const policy = (value: string): string[] => [
    '[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Windows\\CurrentVersion\\Internet Settings]',
    `"ProxySettingsPerUser"=dword:${value}`,
  ];
  expect(choose('winhttp', settings({}, [reg(...machine, ...policy('00000000'))]))).toMatchObject({
    routes: ['PROXY machine:1'],
  });
  expect(choose('winhttp', settings({}, [reg(...machine, ...policy('00000001'))]))).toMatchObject({
    fallback: ['DIRECT'],
  });
});

test.each([
  [4, false],
  [3, true],
])('the auto-proxy service with Start=%i runs: %s', (start, runs) => {
  const read = settings({}, [
    reg(
      '[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\WinHttpAutoProxySvc]',
      `"Start"=dword:0000000${start}`,
    ),
  ]);
  expect(read.policy.autoProxyService?.value).toBe(runs);
});

test('netsh settings, DisableWpad and environment variables are found in the hive of the machine', () => {
  const read = settings({}, [
    reg(
      `[HKEY_LOCAL_MACHINE\\${internet}\\Connections]`,
      hex('WinHttpSettings', connection(3, 'netsh:1', '<local>')),
      `[HKEY_LOCAL_MACHINE\\${internet}\\WinHttp]`,
      '"DisableWpad"=dword:00000001',
      '[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment]',
      '"HTTPS_PROXY"="http://e:1"',
      '"Path"=hex(2):43,00,3a,00,5c,00,00,00',
    ),
  ]);
  expect(read.netsh).toMatchObject({ proxy: { value: 'netsh:1' }, bypass: { value: '<local>' } });
  expect(read.policy.disableWpad).toEqual({ value: true, origin: { file: 'export.reg', line: 9, column: 1 } });
  expect([...read.environment.keys()]).toEqual(['HTTPS_PROXY']);
  expect(read.perMachine).toBeUndefined();
});

test.each([
  ['Microsoft Azure AD App Proxy Connector', 'azure-ad-app-proxy'],
  ['Microsoft Entra private network connector', 'entra-private-network'],
])('the flag for backends under %s is read by the build %s only', (key, product) => {
  const file = reg(
    `[HKEY_LOCAL_MACHINE\\Software\\Microsoft\\${key}]`,
    '"UseDefaultProxyForBackendRequests"=dword:00000001',
  );
  const flag = (spec: unknown) => settings(spec, [file]);
  expect(flag({}).useDefaultProxyForBackendRequests?.value).toBe(1);
  expect(flag({ product }).useDefaultProxyForBackendRequests?.value).toBe(1);
  const other = product === 'azure-ad-app-proxy' ? 'entra-private-network' : 'azure-ad-app-proxy';
  expect(flag({ product: other }).useDefaultProxyForBackendRequests).toBeUndefined();
  expect(flag({ product: other }).unread).toMatchObject([{ overriddenBy: 'product', value: '1' }]);
});

test('a flag of the type string stays a string', () => {
  const file = reg(
    '[HKEY_LOCAL_MACHINE\\Software\\Microsoft\\Microsoft Azure AD App Proxy Connector]',
    '"UseDefaultProxyForBackendRequests"="1"',
  );
  const read = settings({}, [file]);
  expect(read.useDefaultProxyForBackendRequests?.value).toBe('1');
  expect(choose('backend', read)).toMatchObject({ kind: 'direct' });
});

test.each([
  ['hex(b):01,00,00,00,00,00,00,00', '1', 'QWORD'],
  ['hex:01,00,00,00', '01,00,00,00', 'binary value'],
])('a flag that is %s does not count, and is told as what it is', (data, value, kind) => {
  const read = settings({}, [
    reg(
      '[HKEY_LOCAL_MACHINE\\Software\\Microsoft\\Microsoft Azure AD App Proxy Connector]',
      `"UseDefaultProxyForBackendRequests"=${data}`,
    ),
  ]);
  const choice = choose('backend', read);
  expect(choice).toMatchObject({ kind: 'direct', reasons: [{ value }] });
  expect(choice.why).toContain(`is a ${kind}, not a DWORD`);
  expect(settingLines(read).find(({ name }) => name === 'UseDefaultProxyForBackendRequests')?.note).toBe(
    `a ${kind}, where a DWORD is needed`,
  );
});

test('what stands in the view of 32-bit programs is told, and does nothing', () => {
  const file = (view: string): SettingsFile =>
    reg(
      `[HKEY_LOCAL_MACHINE\\SOFTWARE${view}\\Microsoft\\Windows\\CurrentVersion\\Internet Settings\\WinHttp]`,
      '"DisableWpad"=dword:00000001',
      `[HKEY_LOCAL_MACHINE\\SOFTWARE${view}\\Policies\\Microsoft\\Windows\\CurrentVersion\\Internet Settings]`,
      '"ProxySettingsPerUser"=dword:00000000',
      `[HKEY_LOCAL_MACHINE\\SOFTWARE${view}\\Microsoft\\Microsoft Azure AD App Proxy Connector]`,
      '"UseDefaultProxyForBackendRequests"=dword:00000001',
    );
  const narrow = settings({}, [file('\\WOW6432Node')]);
  expect(narrow.policy).toMatchObject({ disableWpad: undefined, proxySettingsPerUser: undefined });
  expect(narrow.useDefaultProxyForBackendRequests).toBeUndefined();
  expect(narrow.unread.map(({ name, overriddenBy }) => [name, overriddenBy])).toEqual([
    ['DisableWpad', 'WOW6432Node'],
    ['ProxySettingsPerUser', 'WOW6432Node'],
    ['UseDefaultProxyForBackendRequests', 'WOW6432Node'],
  ]);
  const wide = settings({}, [file('')]);
  expect(wide).toMatchObject({ unread: [], useDefaultProxyForBackendRequests: { value: 1 } });
  expect(wide.policy).toMatchObject({ disableWpad: { value: true }, proxySettingsPerUser: { value: false } });
});

test('texts of REGEDIT4 have one byte a character, those of version 5 have two', () => {
  const bytes = (encoding: 'latin1' | 'utf16le'): string =>
    Array.from(Buffer.from('http://s/\u00e4.pac\0', encoding), (byte) => byte.toString(16).padStart(2, '0')).join(',');
  for (const [first, encoding] of [
    ['REGEDIT4', 'latin1'],
    [header, 'utf16le'],
  ] as const) {
    const text = `${first}\r\n\r\n[HKEY_USERS\\S-1-5-20\\${internet}]\r\n"AutoConfigURL"=hex(2):${bytes(encoding)}\r\n`;
    const read = settings({}, [{ file: 'a.reg', text }]);
    expect(read.accounts.get('network-service')?.scriptUrl?.value).toBe('http://s/\u00e4.pac');
  }
});

test('a text may have line breaks; one that is never closed is told where it begins', () => {
  const key = `[HKEY_USERS\\S-1-5-20\\${internet}]`;
  const file = reg(key, '"Note"="line one', '', 'line \\"three', '[KEY]"', '"AutoConfigURL"="http://s"');
  const script = settings({}, [file]).accounts.get('network-service')?.scriptUrl;
  expect(script).toMatchObject({ value: 'http://s', origin: { line: 8, column: 1 } });
  const open = reg(key, '"Note"="line one', '"ProxyEnable"=dword:00000001');
  expect(problemsOf(open)).toMatchObject([{ message: "'\"line one' is no registry value", at: { line: 4 } }]);
});

test('comments, deletions, default values, escapes and UTF-16 are read', () => {
  const text = [
    header,
    '; a comment',
    `[-HKEY_USERS\\S-1-5-20\\${internet}\\Gone]`,
    '"ProxyServer"="gone:1"',
    `[HKEY_USERS\\S-1-5-20\\${internet}]`,
    '@="default"',
    '"ProxyEnable"=dword:00000001',
    '"ProxyServer"="a\\\\b\\"c:1"',
    '"AutoConfigURL"="http://s"',
    '"AutoConfigURL"=-',
  ].join('\r\n');
  const read = settings({}, [{ file: 'wide.reg', bytes: Buffer.from(`\uFEFF${text}`, 'utf16le') }]);
  expect(read.accounts.get('network-service')).toMatchObject({ proxy: { value: 'a\\b"c:1' }, scriptUrl: undefined });
});

test('everything that is no registry export is told at once, with its place', () => {
  const text = `${header}\n"a"="under no key"\n[KEY]\nnonsense\n  "b"=dword:xyz\n"c"=hex:0,11\n`;
  expect(problemsOf({ file: 'bad.reg', text }).map(({ message, at }) => [message, at?.line, at?.column])).toEqual([
    ['this value stands under no key', 2, 1],
    ['this line is neither a key nor a value', 4, 1],
    ["'dword:xyz' is no registry value", 5, 3],
    ['bytes are two hexadecimal digits each, parted by commas', 6, 9],
  ]);
  expect(problemsOf({ file: 'bad.reg', text: '[KEY]' })[0]?.message).toContain('the first line of a registry export');
});

test.each([
  [3, 17, 'DefaultConnectionSettings is cut off: the length of its proxy points behind its end'],
  [3, 14, 'DefaultConnectionSettings is cut off: it ends after 14 bytes, before the length of its proxy'],
  [3, 12, 'DefaultConnectionSettings is cut off: it ends after 12 bytes, before the length of its proxy'],
  [3, 19, 'DefaultConnectionSettings is cut off: it ends after 19 bytes, before the length of its bypass list'],
  [
    5,
    23,
    'DefaultConnectionSettings is cut off: it ends after 23 bytes, before the length of the address of its script',
  ],
  [9, 8, 'DefaultConnectionSettings is cut off: it ends after 8 bytes, before its flags'],
  [9, 13, 'DefaultConnectionSettings is cut off: it ends after 13 bytes, before the length of its proxy'],
])('a binary value with the flags %i that is cut off after %i bytes is refused', (flags, size, message) => {
  const cut = (length: number): SettingsFile =>
    reg(
      `[HKEY_USERS\\S-1-5-20\\${internet}\\Connections]`,
      hex('DefaultConnectionSettings', connection(flags, 'p:1', '', 'http://s').subarray(0, length)),
    );
  expect(problemsOf(cut(size))).toMatchObject([{ message, at: { file: 'export.reg', line: 4, column: 1 } }]);
  expect(problemsOf(cut(35))).toEqual([]);
});

test('bytes that end in their middle are told in the row they are in', () => {
  const bytes = (...rows: string[]): readonly Problem[] => problemsOf(reg('[KEY]', `"A"=hex:${rows.join('\\\r\n')}`));
  expect(bytes('46,00,', '  05,00,0')).toMatchObject([
    { message: 'bytes are two hexadecimal digits each, parted by commas', at: { line: 5, column: 9 } },
  ]);
  const open = { message: 'the value goes on after the backslash, and nothing follows', at: { line: 4, column: 15 } };
  expect(bytes('46,00,', '')).toMatchObject([open]);
  expect(problemsOf({ file: 'a.reg', text: `${header}\n\n[KEY]\n"A"=hex:46,00,\\` })).toMatchObject([open]);
  expect(bytes('46,00,', '  05,00')).toEqual([]);
});
