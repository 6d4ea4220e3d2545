import { expect, test } from 'vitest';

import { toHar } from '../../src/capture/har.ts';
import { runScenario } from '../../src/run/run.ts';
import { Story } from '../kit/events.ts';
import { shippedScenarios } from '../kit/scenarios.ts';

const scenarios = await shippedScenarios();
const options = { clock: 'virtual', bytes: false, timeout: 20_000 } as const;

async function harOf(id: string) {
  const scenario = scenarios.find(({ model }) => model.id === id);
  if (!scenario) throw new Error(`no scenario ${id}`);
  const { events, findings } = await runScenario(scenario, options);
  return toHar({ title: id, events, findings }, '1.2.3').log;
}

test('a client request, the script it fetched and what the proxy got are entries, in the order of their events', async () => {
  const { version, creator, entries } = await harOf('base-wpad-proxy-ok');
  expect([version, creator]).toEqual(['1.2', { name: 'paclab', version: '1.2.3' }]);
  const said = entries.map(({ _by, request, response, serverIPAddress }) => [
    _by,
    `${request.method} ${request.url}`,
    response.status,
    serverIPAddress,
  ]);
  expect(said).toEqual([
    ['client:service', 'GET https://tenant.msappproxy.net/bootstrap', 200, '10.20.0.8'],
    ['client:service', 'GET http://wpad.corp.example/wpad.dat', 200, '10.20.0.5'],
    ['proxy:edge', 'CONNECT https://tenant.msappproxy.net/', 200, '10.20.0.8'],
    ['client:service', 'GET http://crl3.digicert.com/root.crl', 200, '10.20.0.8'],
    ['proxy:edge', 'GET http://crl3.digicert.com/root.crl', 200, '10.20.0.8'],
  ]);
  expect(entries[0]).toMatchObject({ _route: 'PROXY proxy.corp.example:8080' });
  expect(entries[0]?.comment).toMatch(/^the script answered 'PROXY proxy\.corp\.example:8080.*', event \d+\n/);
  expect(entries.filter((entry) => '_error' in entry)).toEqual([]);
});

test('time is the time of the lab: 21 s of waiting for a connection, and none where all is well', async () => {
  const [blocked] = (await harOf('direct-443-syn-blackhole')).entries;
  expect(blocked).toMatchObject({
    startedDateTime: '2026-03-02T08:00:00.000Z',
    time: 21_000,
    timings: { blocked: 0, dns: 0, connect: 21_000, ssl: -1, send: 0, wait: 0, receive: 0 },
    serverIPAddress: '203.0.113.10',
    _route: 'DIRECT',
    _attempts: [{ route: 'DIRECT', failure: 'tcp.timeout' }],
    response: { status: 0 },
  });
  expect(blocked?._error).toMatch(/^ConnectFailure: /);
  const [fine] = (await harOf('base-wpad-none-direct-ok')).entries;
  expect(fine).toMatchObject({ time: 0, timings: { connect: 0, ssl: 0 }, response: { status: 200 } });
});

test('a refusal of CONNECT is told by the proxy and by the client', async () => {
  const { entries, comment } = await harOf('auth-407-connect');
  expect(entries.map(({ response, _by }) => [_by, response.status, response.statusText])).toEqual([
    ['client:service', 407, 'Proxy Authentication Required'],
    ['proxy:edge', 407, 'Proxy Authentication Required'],
  ]);
  expect(comment).toContain('auth-407-connect: ');
});

test('credentials stay out, the words before them stay', () => {
  const proxy = { proxy: 'edge', conn: 1, target: 'http://anna:secret@a.example/x?q=1&r', host: 'a.example', port: 80 };
  const story = new Story()
    .write('tcp.opened', { conn: 1, from: '10.20.0.10:1', to: '10.20.0.8:8080' })
    .write('proxy.request', {
      ...proxy,
      client: '10.20.0.10',
      method: 'GET',
      headers: [
        ['Proxy-Authorization', 'Basic c2VjcmV0'],
        ['Cookie', 'session=secret; other=secret'],
        ['Authorization', 'c2VjcmV0'],
        ['Accept', '*/*'],
      ],
    })
    .write('proxy.response', {
      ...proxy,
      method: 'GET',
      status: 302,
      reason: 'Found',
      headers: [
        ['Set-Cookie', 'session=secret; Path=/'],
        ['Location', 'http://anna:secret@b.example/'],
        ['Content-Length', '7'],
      ],
    });
  const har = toHar({ title: 'x', events: story.events });
  expect(JSON.stringify(har)).not.toMatch(/secret|c2VjcmV0/);
  const [entry] = har.log.entries;
  expect(entry?.request).toMatchObject({
    url: 'http://***@a.example/x?q=1&r',
    queryString: [
      { name: 'q', value: '1' },
      { name: 'r', value: '' },
    ],
    headers: [
      { name: 'Proxy-Authorization', value: 'Basic ***' },
      { name: 'Cookie', value: '***' },
      { name: 'Authorization', value: '***' },
      { name: 'Accept', value: '*/*' },
    ],
  });
  expect(entry?.response).toMatchObject({ redirectURL: 'http://***@b.example/', content: { size: 7 }, bodySize: 7 });
});
