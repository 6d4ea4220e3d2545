import { expect, test } from 'vitest';

import { choose, settings } from '../kit.ts';

const machine = { autoDetect: false, proxy: 'machine:1' };
const url = 'http://app.corp.example/';

test.each([
  [undefined, 'absent'],
  [0, '0'],
  ['1', '1'],
])('the flag %j leaves backend requests direct', (flag, value) => {
  const spec = {
    system: machine,
    ...(flag === undefined ? {} : { registry: { UseDefaultProxyForBackendRequests: flag } }),
  };
  const choice = choose('backend', settings(spec), url);
  expect(choice).toMatchObject({ kind: 'direct', routes: ['DIRECT'] });
  expect(choice.reasons[0]).toMatchObject({ name: 'UseDefaultProxyForBackendRequests', value });
});

test('the flag 1 sends them the way of the account, and netsh overrides that', () => {
  const registry = { UseDefaultProxyForBackendRequests: 1 };
  expect(choose('backend', settings({ system: machine, registry }), url)).toMatchObject({
    routes: ['PROXY machine:1'],
  });
  const both = settings({ system: machine, registry, netsh: { proxy: 'netsh:2' } });
  expect(choose('backend', both, url)).toMatchObject({ routes: ['PROXY netsh:2'] });
});

test('the cloud leg can go another way at the same time', () => {
  const spec = settings({
    system: machine,
    registry: { UseDefaultProxyForBackendRequests: 1 },
    defaultProxy: { enabled: false },
  });
  expect(choose('backend', spec, url)).toMatchObject({ routes: ['PROXY machine:1'] });
  expect(choose('system-net', spec)).toMatchObject({ routes: ['DIRECT'] });
});

test('what WinHTTP reads is inferred on this leg, and that it is WinHTTP; only what netsh overrides is documented', () => {
  const registry = { UseDefaultProxyForBackendRequests: 1 };
  const marks = (netsh?: object): Record<string, string> =>
    Object.fromEntries(
      choose('backend', settings({ system: machine, registry, ...(netsh && { netsh }) }), url).reasons.map(
        ({ name, mark }) => [name, mark],
      ),
    );
  const who = { UseDefaultProxyForBackendRequests: 'documented', 'backend chooser': 'inferred' };
  expect(marks()).toEqual({ ...who, AutoDetect: 'inferred', ProxyServer: 'inferred' });
  expect(marks({ proxy: 'netsh:2' })).toEqual({
    ...who,
    'winhttp.Proxy': 'documented',
    AutoDetect: 'documented',
    ProxyServer: 'documented',
  });
  const direct = choose('backend', settings({ system: machine }), url).reasons.map(({ name }) => name);
  expect(direct).not.toContain('backend chooser');
});
