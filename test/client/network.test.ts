/** A machine is carried into another network: who notices, when, and what is forgotten. */
import { expect, test } from 'vitest';

import { get, listening, one, pass, play, rejected, scripted, second, two, withScript } from './kit.ts';
import type { Played } from './kit.ts';

const moved = { network: { client: 'it', address: '10.99.0.10', suffix: 'home.example' } };
const fetchedAt = ({ of }: Played): number[] => of('pac.fetched').map(({ at }) => at);
const routes = ({ requests }: Played): (string | null)[] => requests.map(({ route }) => route);

/** At home wpad.home.example names the second proxy. */
const twoNetworks = (profile: string, steps: Record<string, unknown>[]): Promise<Played> => {
  const home = scripted(two)['wpad.corp.example'];
  return play({
    profile,
    records: { 'wpad.home.example': { A: '10.99.0.5' } },
    hosts: { ...scripted(one), 'wpad.home.example': home },
    proxies: { one: listening(), two: second },
    steps,
  });
};

test('Chromium looks again 2 s after its address changed, and requests wait for that', async () => {
  const waited = await twoNetworks('chromium', [get(), moved, get()]);
  expect(fetchedAt(waited)).toEqual([0, 2000]);
  expect(routes(waited)).toEqual([one, two]);
  expect(waited.requests[1]?.at).toBe(2000);
  // Without a request too.
  expect(fetchedAt(await twoNetworks('chromium', [get(), moved, pass('1m')]))).toEqual([0, 2000]);
});

test('each further change within 2 s begins the wait anew in Chromium', async () => {
  const again = { network: { client: 'it', address: '10.99.0.11' } };
  const played = await twoNetworks('chromium', [get(), moved, pass('1s'), again, get()]);
  expect(fetchedAt(played)).toEqual([0, 3000]);
  expect(routes(played)).toEqual([one, two]);
});

test('Firefox looks again 3 s later, and goes by the old script until then', async () => {
  const played = await twoNetworks('firefox', [get(), moved, get(), pass('4s'), get()]);
  expect(fetchedAt(played)).toEqual([0, 3000]);
  expect(routes(played)).toEqual([one, one, two]);
});

test('.NET and WinHTTP look again with the next request', async () => {
  for (const profile of ['dotnet-framework', 'winhttp']) {
    const played = await twoNetworks(profile, [get(), moved, pass('1m'), get()]);
    expect(fetchedAt(played), profile).toEqual([0, 60_000]);
    expect(routes(played), profile).toEqual([one, two]);
  }
});

test('.NET does not look again for a script at a fixed address, WinHTTP does', async () => {
  for (const [profile, times] of [
    ['dotnet-framework', [0]],
    ['winhttp', [0, 60_000]],
  ] as const) {
    const story = { profile, client: withScript(profile), hosts: scripted(one), proxies: { one: listening() } };
    const played = await play({ ...story, steps: [get(), moved, pass('1m'), get()] });
    expect(fetchedAt(played), profile).toEqual(times);
  }
});

test('a new suffix alone is noticed by nobody', async () => {
  const suffix = { network: { client: 'it', suffix: 'home.example' } };
  for (const profile of ['chromium', 'firefox', 'dotnet-framework']) {
    const played = await twoNetworks(profile, [get(), suffix, pass('1m'), get()]);
    expect(fetchedAt(played), profile).toEqual([0]);
    expect(routes(played), profile).toEqual([one, one]);
  }
});

test('the events say where the machine is, and its packets come from there', async () => {
  const played = await twoNetworks('chromium', [get(), moved, get()]);
  expect(played.of('client.network')).toMatchObject([{ client: 'it', address: '10.99.0.10', suffix: 'home.example' }]);
  const from = played.of('tcp.opened').map((event) => event.from.split(':')[0]);
  expect([from.includes('10.20.0.10'), from.at(-2)]).toEqual([true, '10.99.0.10']);
});

test('a name server that is not there: names cannot be had any more', async () => {
  const away = { network: { client: 'it', dns: '10.99.0.2' } };
  const played = await twoNetworks('curl', [get(), away, get()]);
  expect(played.requests.map(({ error }) => error?.text)).toEqual([
    undefined,
    'curl: (6) Could not resolve host: app.test',
  ]);
});

test('Chromium and Firefox forget proxies that failed when the address changes', async () => {
  const story = {
    hosts: scripted(`${one}; ${two}`),
    records: { 'wpad.home.example': { A: '10.20.0.5' } },
    proxies: { two: second },
    firewall: [rejected('10.20.0.8:8080')],
  };
  for (const profile of ['chromium', 'firefox']) {
    const still = await play({ profile, ...story, steps: [get(), pass('1m'), get()] });
    expect(still.attempts, profile).toEqual([one, two, two]);
    const changed = { network: { client: 'it', address: '10.20.0.11' } };
    const after = await play({ profile, ...story, steps: [get(), changed, pass('1m'), get()] });
    expect(after.attempts, profile).toEqual([one, two, one, two]);
  }
});

test('background searches come in the same order in every run', async () => {
  for (const profile of ['chromium', 'firefox']) {
    const story = () =>
      twoNetworks(profile, [get(), moved, get(), pass('1m'), moved, get(), pass('13h'), get(), get()]);
    const first = await story();
    for (let run = 0; run < 5; run += 1) expect((await story()).record.events, profile).toEqual(first.record.events);
  }
}, 60_000);
