/** In which order routes are tried, what is remembered, and what stands behind the list. */
import { expect, test } from 'vitest';

import { get, listening, one, pass, play, rejected, scripted, second, two, withProxy, withScript } from './kit.ts';

const refused = rejected('10.20.0.8:8080');

test.each([
  // Chromium remembers for five minutes once the second has worked, Firefox for thirty, the others not at all.
  ['chromium', '4m', [one, two, two]],
  ['chromium', '6m', [one, two, one, two]],
  ['firefox', '29m', [one, two, two]],
  ['firefox', '31m', [one, two, one, two]],
  ['node', '1s', [one, two, one, two]],
  ['dotnet-framework', '1s', [one, two, one, two]],
  ['winhttp', '1s', [one, one]],
])('%s, again after %s: %j', async (profile, time, attempts) => {
  const played = await play({
    profile,
    client: withScript(profile),
    hosts: scripted(`${one}; ${two}`),
    proxies: { two: second },
    firewall: [refused],
    steps: [get(), pass(time), get()],
  });
  expect(played.attempts).toEqual(attempts);
});

test('Chromium forgets a failure when no later proxy worked', async () => {
  const both = [refused, rejected('10.20.0.9:8080')];
  const story = { profile: 'chromium', client: withScript('chromium'), hosts: scripted(`${one}; ${two}`) };
  const { attempts, requests } = await play({ ...story, firewall: both, steps: [get(), get()] });
  expect(attempts).toEqual([one, two, one, two]);
  expect(requests.map(({ error }) => error?.name)).toEqual(Array(2).fill('ERR_PROXY_CONNECTION_FAILED'));
});

test('Firefox takes the whole list again when every proxy of it is bad, and never goes DIRECT', async () => {
  const both = [refused, rejected('10.20.0.9:8080')];
  const story = { profile: 'firefox', client: withScript('firefox'), hosts: scripted(`${one}; ${two}`) };
  expect((await play({ ...story, firewall: both, steps: [get(), get()] })).attempts).toEqual([one, two, one, two]);
});

test.each([
  ['chromium', ['DIRECT', one], 200],
  ['firefox', ['DIRECT'], null],
  ['node', ['DIRECT', one], 200],
  // WinHTTP's list ends at DIRECT.
  ['dotnet-framework', ['DIRECT'], null],
])('%s with "DIRECT; PROXY one" and a destination that refuses it: %j', async (profile, attempts, status) => {
  const played = await play({
    profile,
    client: withScript(profile),
    hosts: scripted(`DIRECT; ${one}`),
    proxies: { one: listening() },
    firewall: [{ when: { to: '*:443', except: ['one'] }, then: 'reject' }],
    steps: [get()],
  });
  expect(played.attempts).toEqual(attempts);
  expect(played.requests[0]?.status).toBe(status);
});

test('a list of .NET is followed by DIRECT, which no script named', async () => {
  const story = { profile: 'dotnet-framework', hosts: scripted(one), firewall: [refused], steps: [get()] };
  const { attempts, requests } = await play({ ...story, client: withScript('dotnet-framework') });
  expect(attempts).toEqual([one, 'DIRECT']);
  expect(requests[0]).toMatchObject({ route: 'DIRECT', status: 200, error: null });
});

test('a fixed proxyaddress of .NET is followed by nothing', async () => {
  const story = { profile: 'dotnet-framework', firewall: [refused], steps: [get()] };
  const { attempts, requests } = await play({ ...story, client: withProxy('dotnet-framework') });
  expect(attempts).toEqual([one]);
  expect(requests[0]?.error?.name).toBe('ConnectFailure');
});

test('curl has one proxy and no memory', async () => {
  const story = { profile: 'curl', client: withProxy('curl'), proxies: { two: second }, firewall: [refused] };
  expect((await play({ ...story, steps: [get(), get()] })).attempts).toEqual([one, one]);
});

test('Firefox sends a GET that is reset ten times to the first proxy, then to the second', async () => {
  const { of, attempts } = await play({
    profile: 'firefox',
    client: withScript('firefox'),
    hosts: scripted(`${one}; ${two}`),
    proxies: { one: listening('reset'), two: second },
    steps: [get('http://app.test/')],
  });
  expect(of('proxy.request').map(({ proxy }) => proxy)).toEqual([...Array<string>(10).fill('one'), 'two']);
  expect(attempts).toEqual([one, two]);
});

test('an entry without a host makes Firefox take the destination for a proxy', async () => {
  const { of, attempts } = await play({
    profile: 'firefox',
    client: withScript('firefox'),
    hosts: scripted(`PROXY; ${two}`),
    proxies: { two: second },
    steps: [get('http://app.test/x'), get('https://app.test/x')],
  });
  expect(of('origin.request')[0]?.target).toBe('http://app.test/x');
  expect(attempts).toEqual(['PROXY <no-host>', 'PROXY <no-host>', two]);
});

test('an entry that Node does not know is a failed attempt', async () => {
  const { attempts, requests } = await play({
    profile: 'node',
    client: withScript('node'),
    hosts: scripted(`proxy one.corp.example:8080; ${two}`),
    proxies: { two: second },
    steps: [get()],
  });
  expect(attempts).toEqual(['<unknown proxy>', two]);
  expect(requests[0]?.status).toBe(200);
});

test('a tunnel for a WebSocket leads to port 443 where wss is said', async () => {
  const to = (scheme: string, port: number) => ({ tunnel: { to: `app.test:${port}`, client: 'it', scheme } });
  const client = withProxy('chromium');
  const story = { profile: 'chromium', client, proxies: { one: listening() }, steps: [to('wss', 443), to('ws', 80)] };
  expect((await play(story)).of('proxy.request').map(({ target }) => target)).toEqual(['app.test:443', 'app.test:80']);
});

test('Firefox goes DIRECT after a dead list for requests of its own, never for pages', async () => {
  const own = { fetch: { url: 'https://app.test/', client: 'it', leg: 'system' } };
  const story = { client: withScript('firefox'), hosts: scripted(one), firewall: [refused], steps: [get(), own] };
  const fox = await play({ profile: 'firefox', ...story });
  expect(fox.attempts).toEqual([one, one, 'DIRECT']);
  expect(fox.requests.map(({ status }) => status)).toEqual([null, 200]);
  const others = await play({ ...story, profile: 'chromium', client: withScript('chromium') });
  expect(others.attempts).toEqual([one, one]);
});

test('with a mandatory script Chromium sends nothing while there is none, or none that runs', async () => {
  const client = {
    settings: { browser: { mode: 'script', scriptUrl: 'http://wpad.corp.example/wpad.dat', mandatory: true } },
  };
  const throwing = {
    pacText: 'function FindProxyForURL(url, host) { if (host == "app.test") nothing(); return "DIRECT"; }',
  };
  const missing = await play({
    profile: 'chromium',
    client,
    hosts: scripted(one),
    firewall: [rejected('10.20.0.5:80')],
    steps: [get()],
  });
  const thrown = await play({
    profile: 'chromium',
    client,
    hosts: { 'wpad.corp.example': { http: { '/wpad.dat': throwing } } },
    steps: [get(), get('http://203.0.113.10/')],
  });
  const says = ({ requests }: typeof thrown) => requests.map(({ error }) => error?.number);
  expect([says(missing), missing.attempts]).toEqual([[-131], []]);
  expect([says(thrown), thrown.attempts]).toEqual([[-131, undefined], ['DIRECT']]);
});

test.each([
  ['http=a:1;https=b:2;socks=c:3', 'SOCKS4 c:3'],
  ['http=a:1;https=b:2', 'PROXY b:2'],
  ['http=a:1', 'PROXY a:1'],
  ['a:1', 'PROXY a:1'],
  ['ftp=a:1', 'DIRECT'],
])('a WebSocket in Chromium, with the proxies %s, goes by %s', async (proxy, route) => {
  const client = { settings: { system: { autoDetect: false, proxy } } };
  const steps = [{ tunnel: { to: 'app.test:80', client: 'it', scheme: 'ws' } }];
  expect((await play({ profile: 'chromium', client, steps })).attempts).toEqual([route]);
});
