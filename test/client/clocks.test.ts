/** When a script is looked for again: after failures, after successes, after a change of network. */
import { expect, test } from 'vitest';

import { get, listening, one, pass, play, scripted, withScript } from './kit.ts';
import type { Played } from './kit.ts';

type Steps = Record<string, unknown>[];

/** A script whose host answers 503 until that time. Node is told where it is, the others discover it. */
const failing = (profile: string, until: string, steps: Steps): Promise<Played> =>
  play({
    profile,
    client: profile === 'node' ? withScript(profile) : {},
    hosts: {
      'wpad.corp.example': {
        ...(scripted(one)['wpad.corp.example'] as object),
        rules: [{ when: { until }, then: { kind: 'status', status: 503 } }],
      },
    },
    proxies: { one: listening() },
    steps,
  });

const fetchedAt = ({ of }: Played): number[] => of('pac.fetched').map(({ at }) => at);
const routes = ({ requests }: Played): string[] =>
  requests.map(({ route }) => (route === one ? 'one' : (route ?? '-')));

test('Chromium looks again by itself after 8 s, and once only', async () => {
  expect(fetchedAt(await failing('chromium', '1d', [get(), pass('1h')]))).toEqual([0, 8000]);
});

test('Chromium then waits 32 s, 2 min and 4 h, and each time for a request, which goes by what was known', async () => {
  const played = await failing('chromium', '1h', [
    get(),
    pass('39s'),
    get(), // 39 s: 31 s after the last look, too early
    pass('1s'),
    get(), // 40 s: looks, goes DIRECT all the same
    pass('119s'),
    get(),
    pass('1s'),
    get(), // 160 s: looks
    pass('4h'),
    get(), // looks, and finds it
    get(),
  ]);
  expect(fetchedAt(played)).toEqual([0, 8000, 40_000, 160_000, 14_560_000]);
  expect(routes(played)).toEqual([...Array<string>(6).fill('DIRECT'), 'one']);
});

test('Chromium takes the script that its timer found', async () => {
  const played = await failing('chromium', '5s', [get(), pass('9s'), get()]);
  expect(routes(played)).toEqual(['DIRECT', 'one']);
});

test('Firefox looks again when a request comes after 5, 10, 20 … s, and that request goes DIRECT', async () => {
  const played = await failing('firefox', '20s', [
    get(),
    pass('4s'),
    get(),
    pass('1s'),
    get(), // 5 s
    pass('9s'),
    get(),
    pass('1s'),
    get(), // 15 s
    pass('20s'),
    get(), // 35 s: found, too late for itself
    get(),
  ]);
  expect(fetchedAt(played)).toEqual([0, 5000, 15_000, 35_000]);
  expect(routes(played)).toEqual([...Array<string>(6).fill('DIRECT'), 'one']);
});

test('.NET looks again after 600 s, within the request', async () => {
  const played = await failing('dotnet-framework', '5s', [get(), pass('599s'), get(), pass('1s'), get()]);
  expect(fetchedAt(played)).toEqual([0, 600_000]);
  expect(routes(played)).toEqual(['DIRECT', 'DIRECT', 'one']);
});

test('WinHTTP looks again after 15 s, 60 s and 10 min', async () => {
  const steps = [get(), pass('14s'), get(), pass('1s'), get(), pass('60s'), get(), pass('10m'), get()];
  const played = await failing('winhttp', '2m', steps);
  expect(fetchedAt(played)).toEqual([0, 15_000, 75_000, 675_000]);
  expect(routes(played)).toEqual(['DIRECT', 'DIRECT', 'DIRECT', 'DIRECT', 'one']);
  expect(played.of('client.routes')[0]?.why).toContain('12167');
});

test('Node asks before every connection, and fails without the script', async () => {
  const played = await failing('node', '5s', [get(), pass('6s'), get(), get()]);
  expect(fetchedAt(played)).toEqual([0, 6000, 6000]);
  expect(routes(played)).toEqual(['-', 'one', 'one']);
  expect(played.requests[0]?.error).toMatchObject({ name: 'ESERVICEUNAVAILABLE', text: 'Service Unavailable' });
});

test('Node asks whether the script changed, and not even that while it is fresh', async () => {
  const { http } = scripted(one)['wpad.corp.example'] as { http: Record<string, Record<string, unknown>> };
  const story = { profile: 'node', client: withScript('node'), proxies: { one: listening() } };
  const served = (headers: Record<string, string>) => ({
    'wpad.corp.example': { http: { '/wpad.dat': { ...http['/wpad.dat'], headers } } },
  });
  const tagged = await play({ ...story, hosts: served({ ETag: '"v1"' }), steps: [get(), get()] });
  const asked = tagged.of('http.request').map(({ headers }) => headers.find(([name]) => name === 'If-None-Match')?.[1]);
  expect(asked).toEqual([undefined, '"v1"']);
  const aged = {
    hosts: served({ 'Cache-Control': 'max-age=60' }),
    steps: [get(), pass('59s'), get(), pass('1s'), get()],
  };
  expect((await play({ ...story, ...aged })).of('http.request').map(({ at }) => at)).toEqual([0, 60_000]);
});

test('Chromium asks for a script that works again after 12 h, and uses the new one from the next request on', async () => {
  const resource = {
    type: 'application/x-ns-proxy-autoconfig',
    pacText: 'function FindProxyForURL() { return "DIRECT"; }',
  };
  const story = { profile: 'chromium', hosts: scripted(one), proxies: { one: listening() } };
  const changed = { change: { 'hosts.wpad.corp.example.http./wpad.dat': resource } };
  const played = await play({ ...story, steps: [get(), changed, pass('11h'), get(), pass('1h'), get(), get()] });
  expect(fetchedAt(played)).toEqual([0, 43_200_000]);
  expect(routes(played)).toEqual(['one', 'one', 'one', 'DIRECT']);
  const never = await play({ ...story, profile: 'firefox', steps: [get(), changed, pass('30d'), get()] });
  expect(routes(never)).toEqual(['one', 'one']);
});

test('a script that does not load is a failed fetch for Chromium, a finished one for Firefox and .NET', async () => {
  const text = 'function FindProxyForURL(url, host) { return "DIRECT" ';
  const hosts = {
    'wpad.corp.example': { http: { '/wpad.dat': { type: 'application/x-ns-proxy-autoconfig', pacText: text } } },
  };
  const fetches = async (profile: string) =>
    fetchedAt(await play({ profile, hosts, steps: [get(), pass('1h'), get()] }));
  expect(await fetches('chromium')).toEqual([0, 8000, 3_600_000]);
  expect(await fetches('firefox')).toEqual([0]);
  expect(await fetches('dotnet-framework')).toEqual([0]);
});

test('nothing of this happens to a client whose script works', async () => {
  for (const profile of ['chromium', 'firefox', 'dotnet-framework', 'winhttp']) {
    const steps = [get(), pass('1h'), get()];
    const played = await play({ profile, hosts: scripted(one), proxies: { one: listening() }, steps });
    expect(fetchedAt(played), profile).toEqual([0]);
    expect(routes(played), profile).toEqual(['one', 'one']);
  }
});
