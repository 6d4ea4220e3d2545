/** Settings are edited while a client runs: it goes by what it has read until it starts again. */
import { expect, test } from 'vitest';

import { scenarioFrom } from '../kit/scenarios.ts';
import { get, listening, one, play, second, two } from './kit.ts';
import type { Played } from './kit.ts';

const proxied = (name: string) => ({ defaultProxy: { proxy: { proxyaddress: `http://${name}.corp.example:8080` } } });
const edit = (settings: unknown) => ({ edit: { client: 'it', settings } });
const start = { start: 'it' };

const edited = (steps: Record<string, unknown>[]): Promise<Played> =>
  play({
    profile: 'dotnet-framework',
    client: { settings: proxied('one') },
    proxies: { one: listening(), two: second },
    steps,
  });

test('a client goes by what it read at its start until it starts again', async () => {
  const { attempts } = await edited([get(), edit(proxied('two')), get(), start, get()]);
  expect(attempts).toEqual([one, one, two]);
});

test('what was edited first is not read when it was edited again', async () => {
  const { attempts } = await edited([
    get(),
    edit({ defaultProxy: { enabled: false } }),
    edit(proxied('two')),
    start,
    get(),
  ]);
  expect(attempts).toEqual([one, two]);
});

test('an edit is told as what is gone and what is new, and as nothing where nothing changes', async () => {
  const { of } = await edited([get(), edit(proxied('two')), edit(proxied('two'))]);
  expect(of('settings.edited').map(({ what, name, value }) => [what, name, value])).toEqual([
    ['gone', 'proxy.proxyaddress', 'http://one.corp.example:8080'],
    ['new', 'proxy.proxyaddress', 'http://two.corp.example:8080'],
  ]);
});

test('an edit names a client that exists, and files that can be read', async () => {
  const scenario = (step: unknown) =>
    scenarioFrom(
      JSON.stringify({
        version: 1,
        id: 'told-by-a-test',
        name: 'A story of a test',
        clients: { it: { profile: 'dotnet-framework' } },
        steps: [step],
        expect: { diagnosis: 'none' },
      }),
    );
  await expect(scenario({ edit: { client: 'nobody', settings: {} } })).rejects.toThrow(/nobody/);
  await expect(scenario({ edit: { client: 'it', settings: { import: ['./missing.exe.config'] } } })).rejects.toThrow(
    /missing\.exe\.config/,
  );
  await expect(scenario({ edit: { client: 'it', settings: { unknown: 1 } } })).rejects.toThrow(/unknown/);
});
