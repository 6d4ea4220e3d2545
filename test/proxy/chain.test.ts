/** A next proxy, loops, and places that nobody may be led to. */
import { expect, test } from 'vitest';

import { createPki } from '../../src/net/certificates.ts';
import { seededChance } from '../../src/chance.ts';
import { fail, ok } from '../../src/failure.ts';
import { proxySpec, startProxy } from '../../src/proxy/index.ts';
import type { Proxy } from '../../src/proxy/index.ts';
import { fine, originIp, startProxyLab, statusLine } from './lab.ts';
import type { ProxyLab } from './lab.ts';

const get = 'GET http://app.test/a?b HTTP/1.1\r\nHost: app.test\r\n\r\n';
const connect = 'CONNECT app.test:443 HTTP/1.1\r\nHost: app.test:443\r\n\r\n';

/** A second proxy, which the first goes to. */
function startNext({ world }: ProxyLab, spec: Record<string, unknown> = {}): Promise<Proxy> {
  return startProxy('next', proxySpec.parse({ listen: 'next.test:3128', ...spec }), {
    ...world,
    host: { name: 'next', owner: 'proxy:next', ip: '10.20.0.9' },
    port: 3128,
    pen: world.trace.pen('proxy:next'),
    chance: seededChance(2),
    pki: createPki({ date: () => world.clock.date(), activity: world.activity }),
    resolve: (name) => Promise.resolve(name === 'app.test' ? ok([originIp]) : fail('dns.nxdomain', name)),
  });
}

const upstream = 'PROXY 10.20.0.9:3128';

test('with a next proxy it sends plain requests in absolute-form and tunnels through CONNECT', async () => {
  await using lab = await startProxyLab({ upstream });
  await using _next = await startNext(lab);
  const plain = await lab.origin(80, fine);
  const tunnelled = await lab.origin(443, (side, chunk) => side.send(`<${chunk}>`));
  expect(await lab.ask(get)).toContain('Via: 1.1 next.test\r\nVia: 1.1 proxy.test');
  expect(plain[0]?.heard()).toContain('GET /a?b HTTP/1.1');
  expect(await lab.ask(connect + 'early')).toBe('HTTP/1.1 200 Connection established\r\n\r\n<early>');
  expect(tunnelled).toHaveLength(1);
  const asked = lab.events('proxy.request').map(({ proxy, method, target }) => `${proxy} ${method} ${target}`);
  expect(asked).toEqual([
    'edge GET http://app.test/a?b',
    'next GET http://app.test/a?b',
    'edge CONNECT app.test:443',
    'next CONNECT app.test:443',
  ]);
});

test('two proxies of one machine are no loop, and one that goes to itself is', async () => {
  const listen = '10.20.0.9:8080';
  await using lab = await startProxyLab({ listen, upstream });
  await using _next = await startNext(lab, { listen: '10.20.0.9:3128' });
  await lab.origin(80, fine);
  expect(await lab.ask(get)).toContain('Via: 1.1 10.20.0.9\r\nVia: 1.1 10.20.0.9:8080');
  await using self = await startProxyLab({ listen: '10.20.0.8:8080', upstream: 'PROXY 10.20.0.8:8080' });
  expect(await self.ask(get)).toContain('error=proxy_loop_detected');
});

test('it keeps its connection to the next proxy for requests to several destinations', async () => {
  await using lab = await startProxyLab({ upstream });
  await using _next = await startNext(lab);
  await lab.origin(80, fine);
  await lab.origin(81, fine);
  await lab.ask(get);
  await lab.ask(get.replaceAll('app.test', 'app.test:81'));
  const opened = lab.events('tcp.opened').filter(({ to }) => to === '10.20.0.9:3128');
  expect(opened).toHaveLength(1);
});

test('a connection to the next proxy that became a tunnel never serves another request', async () => {
  await using lab = await startProxyLab({ upstream });
  await using _next = await startNext(lab);
  const tunnelled = await lab.origin(443);
  const plain = await lab.origin(80, fine);
  const clients = [await lab.dial(), await lab.dial()];
  for (const client of clients) client.send(connect);
  await lab.settled();
  clients[0]?.connection.end();
  tunnelled[0]?.connection.end();
  await lab.settled();
  expect(await lab.ask(get)).toContain('fine');
  clients[1]?.send('still mine');
  await lab.settled();
  expect(tunnelled.map((origin) => origin.heard())).toEqual(['', 'still mine']);
  expect(plain.map((origin) => origin.heard().includes('still mine'))).toEqual([false]);
  expect(lab.events('tcp.opened').filter(({ to }) => to === '10.20.0.9:3128')).toHaveLength(3);
});

test('what the next proxy answers instead of 2xx is passed on', async () => {
  await using lab = await startProxyLab({ upstream });
  await using _next = await startNext(lab, { behaviour: 'deny' });
  for (const request of [get, connect]) {
    const answer = await lab.ask(request);
    expect(statusLine(answer)).toBe('HTTP/1.1 403 Forbidden');
    expect(answer).toContain('Proxy-Status: next.test; error=http_request_denied');
  }
  expect(lab.events('proxy.upstream-failed')).toMatchObject([{ proxy: 'edge', failure: 'proxy.status' }]);
});

test.each([
  ['is not there', undefined, '502'],
  ['resets', 'reset', '502'],
  ['speaks something else', 'garbage', '502'],
])('a next proxy that %s is a 502', async (_what, behaviour, code) => {
  await using lab = await startProxyLab({ upstream: behaviour ? upstream : 'PROXY 10.20.0.8:9' });
  await using _next = behaviour ? await startNext(lab, { behaviour }) : undefined;
  expect(statusLine(await lab.ask(connect)).slice(9, 12)).toBe(code);
  expect(statusLine(await lab.ask(get)).slice(9, 12)).toBe(code);
});

test('a loop is found by Via, for plain requests and for CONNECT', async () => {
  for (const spec of [{ behaviour: 'loop' }, { upstream: 'PROXY 10.20.0.8:8080' }]) {
    await using lab = await startProxyLab(spec);
    const origins = [...(await lab.origin(80, fine)), ...(await lab.origin(443))];
    for (const request of [get, connect]) {
      const answer = await lab.ask(request);
      expect(statusLine(answer)).toBe('HTTP/1.1 502 Bad Gateway');
      expect(answer).toContain('error=proxy_loop_detected');
    }
    expect(origins).toEqual([]);
    expect(lab.events('proxy.request')).toHaveLength(4);
  }
});

test('without Via a loop ends when the proxy has no more connections for itself', async () => {
  await using lab = await startProxyLab({ behaviour: { kind: 'loop', turns: 5 }, via: false });
  for (const request of [get, connect]) {
    expect(await lab.ask(request)).toContain('error=connection_limit_reached');
    expect(lab.events('proxy.request').filter(({ method }) => request.startsWith(method))).toHaveLength(6);
  }
});

test('an address that is prohibited is refused, by name and as it is; others are not', async () => {
  await using lab = await startProxyLab({ prohibited: ['203.0.113.0/24', '10.20.0.8'] });
  const origins = await lab.origin(80, fine);
  for (const request of [get, connect, 'CONNECT 10.20.0.8:8080 HTTP/1.1\r\n\r\n']) {
    const answer = await lab.ask(request);
    expect(statusLine(answer)).toBe('HTTP/1.1 502 Bad Gateway');
    expect(answer).toContain('error=destination_ip_prohibited');
  }
  expect(origins).toEqual([]);
  await using other = await startProxyLab({ prohibited: ['203.0.114.0/24'] });
  await other.origin(80, fine);
  expect(statusLine(await other.ask(get))).toContain('200');
});

test('a rule may name a range of addresses, of clients and of destinations', async () => {
  await using lab = await startProxyLab({
    rules: [
      { when: { host: '192.168.0.0/16' }, then: { kind: 'respond', status: 501 } },
      { when: { host: { oneOf: ['*.corp.test', '172.16.0.0/12'] } }, then: { kind: 'respond', status: 502 } },
      { when: { address: { not: '10.20.0.0/24' } }, then: { kind: 'respond', status: 503 } },
    ],
  });
  await lab.origin(80, fine);
  const code = async (host: string): Promise<string> =>
    statusLine(await lab.ask(`CONNECT ${host}:80 HTTP/1.1\r\n\r\n`)).slice(9, 12);
  const hosts = ['192.168.7.7', '172.31.255.1', 'a.corp.test', originIp];
  expect(await Promise.all(hosts.map(code))).toEqual(['501', '502', '502', '200']);
});
