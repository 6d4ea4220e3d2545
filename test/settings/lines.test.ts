/** What a client tells of its settings: also of those that do nothing. */
import { expect, test } from 'vitest';

import { chooserOn, settingLines } from '../../src/settings/index.ts';
import { choose, netConfig, settings } from './kit.ts';

const linesOf = (of: ReturnType<typeof settings>, name: string) =>
  settingLines(of).filter((line) => line.name === name);

test('a value that makes a file unusable is told as it was written, with its place', () => {
  const file = netConfig('<defaultProxy><proxy proxyaddress="10.0.0.5:8080"/></defaultProxy>');
  for (const [of, line] of [
    [settings({}, [file]), 4],
    [settings({ defaultProxy: { proxy: { proxyaddress: '10.0.0.5:8080' } } }), undefined],
  ] as const) {
    const [written] = linesOf(of, 'proxy.proxyaddress');
    expect(written).toMatchObject({ value: '10.0.0.5:8080', overriddenBy: 'unusable' });
    expect(written?.origin?.line).toBe(line);
    expect(linesOf(of, 'defaultProxy')).toMatchObject([{ value: 'unusable', overriddenBy: null }]);
  }
});

test('a policy that the machine has not fetched does nothing, and is told', () => {
  const perMachine = { autoDetect: false, proxy: 'p:8080' };
  const pending = settings({ policy: { pending: { proxySettingsPerUser: false } }, perMachine });
  expect(choose('wininet', pending)).toMatchObject({ kind: 'automatic', fallback: ['DIRECT'] });
  expect(linesOf(pending, 'ProxySettingsPerUser')).toMatchObject([{ value: 'false', overriddenBy: 'not fetched' }]);
  const fetched = settings({ policy: { proxySettingsPerUser: false }, perMachine });
  expect(choose('wininet', fetched)).toMatchObject({ routes: ['PROXY p:8080'] });
  expect(linesOf(fetched, 'ProxySettingsPerUser')).toMatchObject([{ overriddenBy: null }]);
});

test('WinHTTP before Windows 10 uses no script at a fixed address; other choosers do not care', () => {
  const system = { autoDetect: false, scriptUrl: 'http://wpad/wpad.dat' };
  const older = settings({ windows: 'before-10', system });
  const present = settings({ system });
  expect(chooserOn(older, 'winhttp').name).toBe('winhttp-legacy');
  expect(chooserOn(present, 'winhttp').name).toBe('winhttp');
  expect(chooserOn(older, 'system-net').name).toBe('system-net');
  expect(linesOf(older, 'Windows')).toMatchObject([{ value: 'before 10', layer: 'built-in' }]);
  expect(linesOf(present, 'Windows')).toEqual([]);
});

test('the machine.config of 32-bit programs is told as one of its layer that nobody reads', () => {
  const file = netConfig(
    '<defaultProxy enabled="false"/>',
    String.raw`C:\Windows\Microsoft.NET\Framework\v4.0.30319\Config\machine.config`,
  );
  expect(linesOf(settings({}, [file]), 'file')).toMatchObject([
    { layer: 'machine-config', overriddenBy: 'Framework64', value: file.file },
  ]);
});
