import { expect, test } from 'vitest';

import { InputError } from '../../src/failure.ts';
import { choosers, settingLines, settingsFiles, settingsSpec } from '../../src/settings/index.ts';
import type { SettingsFile } from '../../src/settings/index.ts';
import { choose, netConfig, settings } from './kit.ts';

const proxied = (host: string) => `<defaultProxy><proxy proxyaddress="http://${host}:8080"/></defaultProxy>`;

test('the files that settings refer to are listed as written', () => {
  expect(settingsFiles(settingsSpec.parse({ import: ['./a.exe.config', './b.reg'] }))).toEqual([
    './a.exe.config',
    './b.reg',
  ]);
  expect(settingsFiles(settingsSpec.parse({}))).toEqual([]);
});

test('unknown keys are mistakes', () => {
  expect(() => settingsSpec.parse({ defaultProxy: { proxy: { proxyAddress: 'http://p' } } })).toThrow(/proxyAddress/);
  expect(() => settingsSpec.parse({ proxy: 'p:1' })).toThrow(/proxy/);
});

test('a section that is spelled out decides as the same section in a file', () => {
  const proxy = { proxyaddress: 'proxyserver:8080', bypassonlocal: true };
  const choice = choose('system-net', settings({ defaultProxy: { proxy } }));
  expect(choice).toMatchObject({ kind: 'failed', error: { name: 'System.NotSupportedException' } });
  expect(choice.reasons.find(({ name }) => name === 'proxy.proxyaddress')).toMatchObject({
    value: 'proxyserver:8080',
    origin: null,
  });
  const bad = settings({ defaultProxy: { proxy: { proxyaddress: '10.0.0.5:8080' } } });
  expect(choose('system-net', bad)).toMatchObject({ kind: 'failed', failure: { code: 'config.invalid' } });
});

test('what is spelled out goes before what is imported', () => {
  const file = netConfig(proxied('file'));
  expect(choose('system-net', settings({}, [file]))).toMatchObject({ routes: ['PROXY file:8080'] });
  expect(choose('system-net', settings({ defaultProxy: { enabled: false } }, [file]))).toMatchObject({
    routes: ['DIRECT'],
  });
});

test('connector and updater each read their own file, under the older and the newer name', () => {
  for (const [service, updater] of [
    ['ApplicationProxyConnectorService', 'ApplicationProxyConnectorUpdaterService'],
    ['MicrosoftEntraPrivateNetworkConnectorService', 'MicrosoftEntraPrivateNetworkConnectorUpdaterService'],
  ]) {
    const files = [
      netConfig(proxied('service'), `${service}.exe.config`),
      netConfig(proxied('updater'), `${updater}.exe.config`),
    ];
    for (const [program, host] of [
      ['connector', 'service'],
      ['updater', 'updater'],
    ] as const) {
      const own = settings({}, files, { program });
      expect(choose('system-net', own)).toMatchObject({ routes: [`PROXY ${host}:8080`] });
      expect(own.unread).toMatchObject([{ name: 'file', layer: 'app-config' }]);
    }
  }
});

test('a build reads no file of the other product name', () => {
  const files = [netConfig(proxied('old'), 'ApplicationProxyConnectorService.exe.config')];
  const newer = settings({ product: 'entra-private-network' }, files);
  expect(newer.appConfig).toBeUndefined();
  expect(newer.unread).toMatchObject([{ overriddenBy: 'product', value: files[0]?.file }]);
  expect(settings({ product: 'azure-ad-app-proxy' }, files).unread).toEqual([]);
});

test('where both products have left files, the newer one counts in either order, and the other is told', () => {
  const old = netConfig('<defaultProxy enabled="false"/>', 'ApplicationProxyConnectorService.exe.config');
  const newer = netConfig(proxied('new'), 'MicrosoftEntraPrivateNetworkConnectorService.exe.config');
  for (const files of [
    [old, newer],
    [newer, old],
  ]) {
    const both = settings({}, files);
    expect(choose('system-net', both)).toMatchObject({ routes: ['PROXY new:8080'] });
    expect(both.unread).toMatchObject([{ value: old.file, overriddenBy: 'product', mark: 'inferred' }]);
    const said = settings({ product: 'azure-ad-app-proxy' }, files);
    expect(choose('system-net', said)).toMatchObject({ routes: ['DIRECT'] });
    expect(said.unread).toMatchObject([{ value: newer.file, overriddenBy: 'product', mark: 'documented' }]);
  }
  expect(settings({}, [old])).toMatchObject({ unread: [], appConfig: { file: old.file } });
});

const flagKey = (product: string, value = 'dword:00000001'): SettingsFile => ({
  file: `${product.length}.reg`,
  text: `Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\Software\\Microsoft\\${product}]\r\n"UseDefaultProxyForBackendRequests"=${value}\r\n`,
});
const oldKey = flagKey('Microsoft Azure AD App Proxy Connector');
const newKey = flagKey('Microsoft Entra private network connector', 'dword:00000000');

test('a value under the key of the other product is told where it does nothing', () => {
  const newer = netConfig(proxied('new'), 'MicrosoftEntraPrivateNetworkConnectorService.exe.config');
  for (const of of [
    settings({ product: 'entra-private-network' }, [oldKey]),
    settings({}, [oldKey, newer]),
    settings({}, [newer, oldKey]),
  ]) {
    const choice = choose('backend', of, 'http://app.corp.example/');
    expect(choice).toMatchObject({
      kind: 'direct',
      why: 'UseDefaultProxyForBackendRequests is set only where this build does not read it',
    });
    expect(choice.reasons).toMatchObject([{ value: 'absent' }, { value: '1', overriddenBy: 'product' }]);
  }
  expect(choose('backend', settings({}, [oldKey]), 'http://app.corp.example/').why).not.toContain('does not read');
});

test('of values under both keys the newer product’s counts, in either order', () => {
  for (const files of [
    [oldKey, newKey],
    [newKey, oldKey],
  ]) {
    const of = settings({}, files);
    expect(of.useDefaultProxyForBackendRequests).toMatchObject({ value: 0 });
    expect(of.unread).toMatchObject([{ value: '1', overriddenBy: 'product' }]);
  }
});

test('of two outputs of netsh the last counts, and what the other says differently is told', () => {
  const netsh = (proxy: string): SettingsFile => ({
    file: `${proxy}.txt`,
    text: `Current WinHTTP proxy settings:\n\n    Proxy Server(s) :  ${proxy}:1\n    Bypass List     :  <local>\n`,
  });
  const two = settings({}, [netsh('first'), netsh('second')]);
  expect(two.netsh?.proxy?.value).toBe('second:1');
  expect(two.unread).toMatchObject([{ name: 'winhttp.Proxy', value: 'first:1', overriddenBy: 'import' }]);
  expect(settings({}, [netsh('same'), netsh('same')]).unread).toEqual([]);
});

test('of two machine.config the last counts, and the other is told', () => {
  const files = ['a', 'b'].map((folder) => netConfig(proxied(folder), `${folder}/machine.config`));
  const two = settings({}, files);
  expect(choose('system-net', two)).toMatchObject({ routes: ['PROXY b:8080'] });
  expect(two.unread).toMatchObject([{ layer: 'machine-config', value: 'a/machine.config', overriddenBy: 'import' }]);
});

test('a machine.config that .NET cannot begin with stops the program, whatever its own file says', () => {
  const own = netConfig(proxied('own'));
  const broken = { file: 'machine.config', text: '<configuration>\n<sytem.net/>\n</configuration>\n' };
  const stopped = settings({}, [own, broken]);
  expect(choose('system-net', stopped)).toMatchObject({
    kind: 'failed',
    error: { text: 'Configuration system failed to initialize', inner: expect.stringContaining('section sytem.net.') },
  });
  expect(settingLines(stopped).filter(({ overriddenBy }) => overriddenBy === null)).not.toContainEqual(
    expect.objectContaining({ layer: 'app-config' }),
  );
  const fine = { file: 'machine.config', text: '<configuration>\n<system.net/>\n</configuration>\n' };
  expect(choose('system-net', settings({}, [own, fine]))).toMatchObject({ routes: ['PROXY own:8080'] });
});

test('machine.config of the 32-bit framework is not read', () => {
  const files = ['Framework', 'Framework64'].map((folder) =>
    netConfig(
      proxied(folder.toLowerCase()),
      `C:\\Windows\\Microsoft.NET\\${folder}\\v4.0.30319\\Config\\machine.config`,
    ),
  );
  const both = settings({}, files);
  expect(choose('system-net', both)).toMatchObject({ routes: ['PROXY framework64:8080'] });
  expect(both.unread).toMatchObject([{ overriddenBy: 'Framework64' }]);
});

test('all files that cannot be read are told at once', () => {
  const files = [
    { file: 'a.exe.config', text: '<configuration>' },
    { file: 'b.exe.config', text: '' },
    { file: 'c.docx', text: 'PK' },
  ];
  let problems: InputError['problems'] = [];
  try {
    settings({}, files);
  } catch (error) {
    if (error instanceof InputError) problems = error.problems;
  }
  expect(problems.map(({ at, message }) => [at?.file, message])).toEqual([
    ['a.exe.config', '<configuration> is never closed'],
    ['b.exe.config', 'the file is empty'],
    ['c.docx', "'c.docx' is no settings file that is known here"],
  ]);
});

test('the configured time for a script counts four times, as WinHTTP adds its timeouts up', () => {
  const inside = '<defaultProxy><proxy autoDetect="True"/></defaultProxy>';
  const script = '<settings><webProxyScript downloadTimeout="00:00:30"/></settings>';
  expect(choose('system-net', settings({}, [netConfig(inside + script)]))).toMatchObject({ downloadTimeout: 120_000 });
  expect(choose('system-net', settings({}, [netConfig(inside)]))).toMatchObject({ downloadTimeout: null });
});

test('bytes are read in UTF-16 and UTF-8', () => {
  const { file } = netConfig('');
  const text = 'text' in netConfig(proxied('wide')) ? (netConfig(proxied('wide')) as { text: string }).text : '';
  for (const bytes of [
    Buffer.from(`\uFEFF${text}`, 'utf16le'),
    Buffer.from(text, 'utf16le'),
    Buffer.from(`\uFEFF${text}`, 'utf8'),
  ])
    expect(choose('system-net', settings({}, [{ file, bytes }]))).toMatchObject({ routes: ['PROXY wide:8080'] });
});

test('setting lines name every value once, with its place, and what counts comes last', () => {
  const lines = settingLines(
    settings({ netsh: { proxy: 'n:1' }, system: { autoDetect: false } }, [
      netConfig(proxied('machine'), 'machine.config'),
      netConfig(proxied('app')),
    ]),
  );
  expect(lines.map(({ layer, name, value, overriddenBy }) => [layer, name, value, overriddenBy])).toEqual([
    ['machine-config', 'proxy.proxyaddress', 'http://machine:8080', 'app-config'],
    ['app-config', 'proxy.proxyaddress', 'http://app:8080', null],
    ['account', 'AutoDetect', 'false', null],
    ['netsh', 'winhttp.Proxy', 'n:1', null],
  ]);
  expect(lines[1]?.origin).toEqual({ file: 'Service.exe.config', line: 4, column: 22 });
});

test('a section that is switched off still shows what else it says', () => {
  const lines = settingLines(
    settings({}, [netConfig(`<defaultProxy enabled="false"><proxy proxyaddress="http://p:1"/></defaultProxy>`)]),
  );
  expect(lines).toMatchObject([
    { name: 'proxy.proxyaddress', overriddenBy: 'defaultProxy.enabled' },
    { name: 'defaultProxy.enabled', overriddenBy: null },
    { name: 'AutoDetect', layer: 'built-in' },
  ]);
});

test('every chooser answers with reasons and a sentence', () => {
  for (const { name } of choosers) {
    const choice = choose(name, settings({}));
    expect(choice.why).not.toBe('');
    expect(choice.reasons.length).toBeGreaterThan(0);
  }
});
