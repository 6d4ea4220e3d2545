import { expect, test } from 'vitest';

import { fine, startProxyLab, statusLine } from './lab.ts';

const get = 'GET http://app.test/ HTTP/1.1\r\nHost: app.test\r\n\r\n';
const connect = 'CONNECT app.test:443 HTTP/1.1\r\nHost: app.test:443\r\n\r\n';

test('without behaviour and rules it forwards a GET and opens a tunnel', async () => {
  await using lab = await startProxyLab();
  const plain = await lab.origin(80, fine);
  const tunnelled = await lab.origin(443);
  expect(await lab.ask(get)).toMatch(/^HTTP\/1\.1 200 Fine\r\n[\s\S]*fine$/);
  expect(await lab.ask(connect)).toBe('HTTP/1.1 200 Connection established\r\n\r\n');
  expect([plain.length, tunnelled.length]).toEqual([1, 1]);
  expect(lab.events('lab.behaviour')).toEqual([]);
});

for (const [kind, request] of [
  ['GET', get],
  ['CONNECT', connect],
] as const) {
  test(`deny answers ${kind} with 403 and its reason, and never dials`, async () => {
    await using lab = await startProxyLab({ behaviour: 'deny' });
    const origins = [...(await lab.origin(80)), ...(await lab.origin(443))];
    const answer = await lab.ask(request);
    expect(statusLine(answer)).toBe('HTTP/1.1 403 Forbidden');
    expect(answer).toContain('Proxy-Status: proxy.test; error=http_request_denied');
    expect(origins).toEqual([]);
    expect(lab.events('lab.behaviour')).toEqual([{ part: 'proxy:edge', kind: 'deny', says: 'answers 403' }]);
  });

  test(`challenge answers ${kind} with 407 and its offers in order`, async () => {
    await using lab = await startProxyLab({
      behaviour: { kind: 'challenge', schemes: ['negotiate', 'ntlm', 'digest', 'basic', 'bearer'], realm: 'CORP' },
    });
    const answer = await lab.ask(request);
    expect(statusLine(answer)).toBe('HTTP/1.1 407 Proxy Authentication Required');
    expect([...answer.matchAll(/^Proxy-Authenticate: (\S+)/gm)].map(([, scheme]) => scheme)).toEqual([
      'Negotiate',
      'NTLM',
      'Digest',
      'Basic',
      'Bearer',
    ]);
    expect(answer).toContain('Basic realm="CORP"');
    expect(lab.events('proxy.challenged')).toMatchObject([
      { host: 'app.test', realm: 'CORP', schemes: ['negotiate', 'ntlm', 'digest', 'basic', 'bearer'] },
    ]);
  });

  test(`respond answers ${kind} with any status, reason, fields and body`, async () => {
    const respond = { kind: 'respond', status: 502, reason: 'No', headers: { 'X-A': ['1', '2'] }, body: 'sorry' };
    await using lab = await startProxyLab({ behaviour: respond });
    const answer = await lab.ask(request);
    expect(answer).toBe(
      'HTTP/1.1 502 No\r\nX-A: 1\r\nX-A: 2\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\nsorry',
    );
    expect(lab.events('proxy.response')).toMatchObject([{ status: 502, reason: 'No' }]);
  });

  test(`respond can answer ${kind} in chunks and close`, async () => {
    await using lab = await startProxyLab({
      behaviour: { kind: 'respond', status: 503, body: 'later', chunked: true, close: true },
    });
    const client = await lab.dial();
    client.send(request);
    await lab.settled();
    expect(client.heard()).toBe(
      'HTTP/1.1 503 Service Unavailable\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nlater\r\n0\r\n\r\n',
    );
    expect(client.ended()).toBe(true);
  });

  test(`reset answers ${kind} with RST`, async () => {
    await using lab = await startProxyLab({ behaviour: 'reset' });
    const client = await lab.dial();
    client.send(request);
    await lab.settled();
    expect([client.heard(), client.failure()]).toEqual(['', 'ECONNRESET']);
  });

  test(`close answers ${kind} with FIN and nothing else`, async () => {
    await using lab = await startProxyLab({ behaviour: 'close' });
    const client = await lab.dial();
    client.send(request);
    await lab.settled();
    expect([client.heard(), client.ended(), client.failure()]).toEqual(['', true, undefined]);
  });

  test(`hang never answers ${kind}, keeps the connection, and does not stop the clock`, async () => {
    await using lab = await startProxyLab({ behaviour: 'hang' });
    const client = await lab.dial();
    client.send(request);
    await lab.world.clock.sleep(600_000);
    expect([client.heard(), client.ended(), client.failure()]).toEqual(['', false, undefined]);
    expect(lab.events('proxy.request')).toHaveLength(1);
    expect(lab.events('proxy.response')).toEqual([]);
  });

  test(`garbage answers ${kind} with bytes that are no HTTP`, async () => {
    await using lab = await startProxyLab({ behaviour: { kind: 'garbage', text: '%%%' } });
    expect(await lab.ask(request)).toBe('%%%');
  });
}

test('a rule picks the behaviour; what no rule matches is healthy', async () => {
  await using lab = await startProxyLab({
    rules: [
      { when: { host: '*.corp.test' }, then: 'deny' },
      { when: { method: 'CONNECT', nth: 1 }, then: { kind: 'respond', status: 502 } },
      { when: { 'user-agent': 'bad*' }, then: { kind: 'respond', status: 418 } },
      { when: { identity: 'system' }, then: 'reset' },
    ],
  });
  await lab.origin(80, fine);
  await lab.origin(443);
  const answers = [
    await lab.ask('CONNECT a.corp.test:443 HTTP/1.1\r\n\r\n'),
    await lab.ask(connect),
    await lab.ask(connect),
    await lab.ask(get),
    await lab.ask(get.replace('\r\n\r\n', '\r\nUser-Agent: badger\r\n\r\n')),
  ];
  expect(answers.map((answer) => statusLine(answer).slice(9, 12))).toEqual(['403', '502', '200', '200', '418']);
});

test('a rule may name the client, its address and its identity', async () => {
  const rules = [
    { when: { client: 'service', port: 80 }, then: { kind: 'respond', status: 501 } },
    { when: { identity: 'network-service', port: 81 }, then: { kind: 'respond', status: 502 } },
    { when: { address: '10.20.0.*', port: 82 }, then: { kind: 'respond', status: 503 } },
    { when: { scheme: 'http', url: 'http://app.test:83/a*' }, then: { kind: 'respond', status: 504 } },
  ];
  const url = (port: number, path = '/'): string =>
    `GET http://app.test:${port}${path} HTTP/1.1\r\nHost: app.test:${port}\r\n\r\n`;
  await using known = await startProxyLab({ rules });
  await known.origin(83, fine);
  const answers = [80, 81, 82].map((port) => known.ask(url(port)));
  answers.push(known.ask(url(83, '/a')), known.ask(url(83, '/b')));
  expect((await Promise.all(answers)).map((answer) => statusLine(answer).slice(9, 12))).toEqual([
    '501',
    '502',
    '503',
    '504',
    '200',
  ]);
  await using strange = await startProxyLab({ rules }, { client: '10.21.0.1' });
  await strange.origin(80, fine);
  expect(statusLine(await strange.ask(url(80)))).toBe('HTTP/1.1 200 Fine');
});

test('a change takes effect with the next request, on a connection that stands', async () => {
  await using lab = await startProxyLab({ behaviour: 'deny' });
  await lab.origin(80, fine);
  const client = await lab.dial();
  client.send(get);
  await lab.settled();
  lab.proxy.change([]);
  client.send(get);
  await lab.settled();
  expect([...client.heard().matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual(['403', '200']);
});

test('a rule whose moment never comes has no effect, and one without a schedule has it always', async () => {
  for (const [when, expected] of [
    [{ after: 1000 }, '200'],
    [{ until: '0s' }, '200'],
    [{}, '403'],
    [{ every: 1 }, '403'],
  ] as const) {
    await using lab = await startProxyLab({ rules: [{ when, then: 'deny' }] });
    await lab.origin(80, fine);
    const seen = new Set<string>();
    for (let count = 0; count < 20; count += 1) seen.add(statusLine(await lab.ask(get)).slice(9, 12));
    expect([...seen]).toEqual([expected]);
  }
});
