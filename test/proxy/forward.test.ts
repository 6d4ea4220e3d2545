import { expect, test } from 'vitest';

import { proxyRules } from '../../src/proxy/index.ts';
import { echo, fine, startProxyLab, statusLine } from './lab.ts';
import type { Talk } from './lab.ts';

const get = (target = 'http://app.test/', more = ''): string =>
  `GET ${target} HTTP/1.1\r\nHost: ${/\/\/([^/?#]*)/.exec(target)?.[1]}\r\n${more}\r\n`;

const statuses = (heard: string): string[] =>
  [...heard.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status = '']) => status);

test('keeps path and query byte for byte', async () => {
  await using lab = await startProxyLab();
  const origins = await lab.origin(81, fine);
  await lab.ask(get('http://app.test:81/a//b/./../%2f?x=//y?z'));
  expect(statusLine(origins[0]?.heard() ?? '')).toBe('GET /a//b/./../%2f?x=//y?z HTTP/1.1');
});

test('a URL without a path asks for /, or for * with OPTIONS', async () => {
  await using lab = await startProxyLab();
  const origins = await lab.origin(80, fine);
  for (const line of ['GET http://app.test', 'GET http://app.test?q', 'OPTIONS http://app.test'])
    await lab.ask(`${line} HTTP/1.1\r\nHost: app.test\r\n\r\n`);
  const lines = origins.flatMap((origin) =>
    [...origin.heard().matchAll(/^\S+ \S+ HTTP\/1\.1/gm)].map(([line]) => line),
  );
  expect(lines).toEqual(['GET / HTTP/1.1', 'GET /?q HTTP/1.1', 'OPTIONS * HTTP/1.1']);
});

test('Host comes from the URL; a Host that differs only by the default port is the same', async () => {
  await using lab = await startProxyLab();
  const origins = await lab.origin(80, fine);
  await lab.ask('GET http://app.test/ HTTP/1.1\r\nHost: APP.test:80\r\n\r\n');
  expect(origins[0]?.heard()).toContain('\r\nHost: app.test\r\n');
});

test('removes hop-by-hop fields and those that Connection names, on the way there', async () => {
  await using lab = await startProxyLab();
  const origins = await lab.origin(80, fine);
  const hops = [
    'Connection: X-Drop, keep-alive',
    'x-drop: 1',
    'Keep-Alive: timeout=5',
    'Proxy-Connection: keep-alive',
    'Proxy-Authorization: Basic c2VjcmV0OnM=',
    'TE: trailers',
    'Trailer: X-T',
    'X-Stays: 1',
  ];
  await lab.ask(get('http://app.test/', `${hops.join('\r\n')}\r\n`));
  expect(origins[0]?.heard()).toBe(
    'GET / HTTP/1.1\r\nHost: app.test\r\nX-Stays: 1\r\nVia: 1.1 proxy.test\r\nConnection: keep-alive\r\n\r\n',
  );
});

test('removes hop-by-hop fields and those that Connection names, on the way back', async () => {
  await using lab = await startProxyLab();
  await lab.origin(80, (side) =>
    side.send(
      'HTTP/1.1 200 OK\r\nConnection: X-Drop\r\nX-Drop: 1\r\nKeep-Alive: timeout=5\r\nProxy-Authenticate: Basic\r\nX-Stays: 1\r\nContent-Length: 0\r\n\r\n',
    ),
  );
  expect(await lab.ask(get())).toBe(
    'HTTP/1.1 200 OK\r\nX-Stays: 1\r\nContent-Length: 0\r\nVia: 1.1 proxy.test\r\nConnection: keep-alive\r\n\r\n',
  );
});

test('repeated fields stay repeated, in order and case, both ways', async () => {
  await using lab = await startProxyLab({ via: false });
  const fields = 'X-A: 1\r\nb: 2\r\nx-a: 3\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\nX-A: 1\r\n';
  const origins = await lab.origin(80, (side) => side.send(`HTTP/1.1 200 OK\r\n${fields}Content-Length: 0\r\n\r\n`));
  expect(await lab.ask(get('http://app.test/', fields))).toContain(`HTTP/1.1 200 OK\r\n${fields}Content-Length`);
  expect(origins[0]?.heard()).toBe(`GET / HTTP/1.1\r\nHost: app.test\r\n${fields}Connection: keep-alive\r\n\r\n`);
});

test('a chunked body stays chunked, a counted one counted', async () => {
  await using lab = await startProxyLab();
  const origins = await lab.origin(80, (side) => {
    if (/\r\n\r\n[\s\S]*(hello|0\r\n\r\n)$/.test(side.heard())) fine(side);
  });
  const post = 'POST http://app.test/ HTTP/1.1\r\nHost: app.test\r\n';
  await lab.ask(`${post}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`);
  await lab.ask(`${post}Content-Length: 5\r\n\r\nhello`);
  const [chunked = '', counted = ''] = (origins[0]?.heard() ?? '').split(/(?<=\r\n0\r\n\r\n)/);
  expect(chunked).toMatch(/\r\nTransfer-Encoding: chunked\r\n[\s\S]*\r\n\r\n5\r\nhello\r\n0\r\n\r\n$/);
  expect(chunked).not.toMatch(/content-length/i);
  expect(counted).toMatch(/\r\nContent-Length: 5\r\n[\s\S]*\r\n\r\nhello$/);
  expect(counted).not.toMatch(/transfer-encoding/i);
});

test('Connection cannot take the length of a body away', async () => {
  await using lab = await startProxyLab();
  const origins = await lab.origin(80, fine);
  await lab.ask(
    'GET http://app.test/ HTTP/1.1\r\nHost: app.test\r\nConnection: content-length\r\nContent-Length: 5\r\n\r\nhello',
  );
  expect(origins[0]?.heard()).toContain('\r\nContent-Length: 5\r\n');
});

for (const method of ['DELETE', 'OPTIONS', 'GET', 'HEAD']) {
  test(`the chunked body of ${method} does not become a second request`, async () => {
    await using lab = await startProxyLab();
    const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: app.test\r\n\r\n';
    const origins = await lab.origin(80, (side) => {
      if (side.heard().endsWith('0\r\n\r\n')) side.send('HTTP/1.1 204 Done\r\n\r\n');
    });
    const chunk = `${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`;
    await lab.ask(
      `${method} http://app.test/ HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}`,
    );
    expect(origins).toHaveLength(1);
    expect(origins[0]?.heard()).toContain('\r\nTransfer-Encoding: chunked\r\n');
    expect(origins[0]?.heard().endsWith(`\r\n\r\n${chunk}`)).toBe(true);
  });
}

const head = 'POST http://app.test/ HTTP/1.1\r\nHost: app.test\r\n';
const refused: [what: string, bytes: string][] = [
  ['two Content-Length', `${head}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`],
  ['two equal Content-Length', `${head}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello`],
  ['a list of lengths', `${head}Content-Length: 5, 5\r\n\r\nhello`],
  ['a signed length', `${head}Content-Length: +5\r\n\r\nhello`],
  [
    'Content-Length before Transfer-Encoding',
    `${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  [
    'Transfer-Encoding before Content-Length',
    `${head}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n`,
  ],
  ['an unknown coding', `${head}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
  ['a coding beside chunked', `${head}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
  ['chunked twice', `${head}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ['identity', `${head}Transfer-Encoding: identity\r\n\r\n`],
  ['Transfer-Encoding in HTTP/1.0', `${head.replace('1.1', '1.0')}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ['bare LF after the request line', head.replace('1.1\r', '1.1') + '\r\n'],
  ['bare LF after a field', `${head}X: y\nZ: q\r\n\r\n`],
  ['bare LF throughout', `${head}\r\n`.replaceAll('\r', '')],
  ['bare CR in a field', `${head}X: y\rZ: q\r\n\r\n`],
  ['a space before the colon', `${head}X : y\r\n\r\n`],
  ['a folded field', `${head}X: y\r\n z\r\n\r\n`],
  ['a Host unlike the target', 'GET http://app.test/ HTTP/1.1\r\nHost: other.test\r\n\r\n'],
  ['a Host with another port', 'GET http://app.test/ HTTP/1.1\r\nHost: app.test:81\r\n\r\n'],
  ['two Hosts', 'GET http://app.test/ HTTP/1.1\r\nHost: app.test\r\nHost: app.test\r\n\r\n'],
  ['no Host', 'GET http://app.test/ HTTP/1.1\r\n\r\n'],
  ['origin-form', 'GET / HTTP/1.1\r\nHost: app.test\r\n\r\n'],
  ['asterisk-form', 'OPTIONS * HTTP/1.1\r\nHost: app.test\r\n\r\n'],
  ['https in absolute-form', get('https://app.test/')],
  ['ftp in absolute-form', get('ftp://app.test/')],
  ['a user in the URL', 'GET http://me:secret@app.test/ HTTP/1.1\r\nHost: app.test\r\n\r\n'],
  ['an empty authority', 'GET http:///x HTTP/1.1\r\nHost: app.test\r\n\r\n'],
  ['port 0', get('http://app.test:0/')],
  ['port 99999', get('http://app.test:99999/')],
  ['HTTP/0.9', 'GET http://app.test/\r\n\r\n'],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['a TLS handshake', '\u0016\u0003\u0001\u0000\u00f0\u0001\u0000\u0000\u00ec\u0003\u0003'],
];

for (const [what, bytes] of refused) {
  test(`refuses ${what} with 400 and forwards nothing`, async () => {
    await using lab = await startProxyLab();
    const origins = await lab.origin(80, fine);
    const client = await lab.dial();
    client.send(Buffer.from(bytes, 'latin1'));
    await lab.settled();
    expect(statusLine(client.heard())).toBe('HTTP/1.1 400 Bad Request');
    expect(client.heard()).toContain('Proxy-Status: proxy.test; error=http_request_error');
    expect(client.ended()).toBe(true);
    expect(origins).toEqual([]);
    expect(lab.events('proxy.response')).toMatchObject([{ status: 400 }]);
    expect(JSON.stringify(lab.world.trace.events)).not.toContain('secret');
  });
}

test('what follows a refused request on its connection is not looked at', async () => {
  for (const [what, bytes] of refused) {
    await using lab = await startProxyLab();
    const origins = await lab.origin(80, fine);
    const client = await lab.dial();
    client.send(Buffer.from(`${bytes}${get()}`, 'latin1'));
    await lab.settled();
    client.send(get());
    await lab.settled();
    expect(statuses(client.heard()), what).toEqual(['400']);
    expect(origins, what).toEqual([]);
  }
});

test('what follows a request that ends its connection is not looked at (RFC 9112 section 9.6)', async () => {
  await using lab = await startProxyLab();
  const origins = await lab.origin(80, fine);
  const last = 'GET http://app.test/ HTTP/1.1\r\nHost: app.test\r\nConnection: close\r\n\r\n';
  expect(statuses(await lab.ask(last + get()))).toEqual(['200']);
  expect(origins.map((origin) => origin.heard().match(/^GET /gm))).toEqual([['GET ']]);
  expect(lab.events('proxy.request')).toHaveLength(1);
});

test('a good request before one that cannot be read is still answered', async () => {
  await using lab = await startProxyLab();
  const origins = await lab.origin(80, fine);
  const answer = await lab.ask(`${get()}no request at all\r\n\r\n`);
  expect(statuses(answer)).toEqual(['200', '400']);
  expect(origins).toHaveLength(1);
});

test('a broken body that comes with its head is refused before anything is forwarded', async () => {
  await using lab = await startProxyLab();
  const origins = await lab.origin(80, fine);
  expect(statuses(await lab.ask(`${head}Transfer-Encoding: chunked\r\n\r\nxyz\r\n`))).toEqual(['400']);
  expect(origins).toEqual([]);
});

test('a body whose chunks are broken resets both sides', async () => {
  await using lab = await startProxyLab();
  const origins = await lab.origin(80);
  const client = await lab.dial();
  client.send(`${head}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`);
  await lab.settled();
  client.send('xyz\r\n');
  await lab.settled();
  expect(client.failure()).toBe('ECONNRESET');
  expect(origins[0]?.heard()).not.toContain('0\r\n\r\n');
  expect(origins[0]?.ended() || origins[0]?.failure()).toBeTruthy();
});

test('Expect: 100-continue is answered once, when the destination stands, and not passed on', async () => {
  await using lab = await startProxyLab();
  const origins = await lab.origin(80, (side) => {
    if (side.heard().endsWith('hello'))
      side.send('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
  });
  const client = await lab.dial();
  client.send(`${head}Expect: 100-continue\r\nContent-Length: 5\r\n\r\n`);
  await lab.settled();
  expect(client.heard()).toBe('HTTP/1.1 100 Continue\r\n\r\n');
  client.send('hello');
  await lab.settled();
  expect(statuses(client.heard())).toEqual(['100', '200']);
  expect(origins[0]?.heard()).not.toMatch(/expect/i);
});

test('Expect: 100-continue towards a dead destination gets its 502 and no 100', async () => {
  await using lab = await startProxyLab();
  await lab.origin(81);
  const client = await lab.dial();
  client.send(`${head}Expect: 100-continue\r\nContent-Length: 5\r\n\r\n`);
  await lab.settled();
  expect(statuses(client.heard())).toEqual(['502']);
  expect(client.ended()).toBe(true);
});

test('103 is relayed, and only to clients that know HTTP/1.1', async () => {
  await using lab = await startProxyLab();
  await lab.origin(80, (side) =>
    side.send('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'),
  );
  expect(await lab.ask(get())).toMatch(/^HTTP\/1\.1 103 Early Hints\r\nLink: <\/a>\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
  expect(statuses(await lab.ask('GET http://app.test/ HTTP/1.0\r\n\r\n'))).toEqual(['200']);
});

test('an unasked 101 is a 502', async () => {
  await using lab = await startProxyLab();
  await lab.origin(80, (side) =>
    side.send('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'),
  );
  expect(statuses(await lab.ask(get()))).toEqual(['502']);
});

test('trailers are dropped both ways, and announcing them does no harm', async () => {
  await using lab = await startProxyLab();
  const origins = await lab.origin(80, (side) => {
    if (side.heard().endsWith('0\r\n\r\n') || side.heard().startsWith('GET'))
      side.send('HTTP/1.1 200 OK\r\nTrailer: X-T\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-T: 1\r\n\r\n');
  });
  expect(await lab.ask(get('http://app.test/', 'Trailer: X-T\r\n'))).toMatch(/\r\n\r\n2\r\nok\r\n0\r\n\r\n$/);
  await lab.ask(`${head}Trailer: X-T\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-T: 1\r\n\r\n`);
  expect(origins[0]?.heard()).toMatch(/2\r\nhi\r\n0\r\n\r\n$/);
  expect(origins[0]?.heard()).not.toMatch(/x-t/i);
});

test('two pipelined requests get two answers in order, even when the first is the slower', async () => {
  await using lab = await startProxyLab();
  await lab.origin(80, (side, chunk) => {
    const body = /GET (\S+)/.exec(chunk)?.[1] ?? '';
    const answer = (): void => side.send(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    if (body === '/one') lab.world.clock.after(5000, answer);
    else answer();
  });
  const client = await lab.dial();
  client.send(get('http://app.test/one') + get('http://app.test/two'));
  await lab.world.clock.sleep(6000);
  expect([...client.heard().matchAll(/\r\n\r\n(\/one|\/two)/g)].map(([, body]) => body)).toEqual(['/one', '/two']);
  expect(lab.world.trace.events.flatMap(({ type }) => (type.startsWith('proxy.') ? [type] : []))).toEqual([
    'proxy.request',
    'proxy.response',
    'proxy.request',
    'proxy.response',
  ]);
});

test('a tunnel that is pipelined behind a request waits for its turn', async () => {
  await using lab = await startProxyLab();
  await lab.origin(80, fine);
  const tunnels = await lab.origin(443, (side, chunk) => side.send(`heard ${chunk}`));
  const answer = await lab.ask(`${get()}CONNECT app.test:443 HTTP/1.1\r\n\r\nhello`);
  expect(statuses(answer)).toEqual(['200', '200']);
  expect(answer.endsWith('heard hello')).toBe(true);
  expect(tunnels).toHaveLength(1);
});

test('keep-alive survives a 407, a 403 and a 502 with a body', async () => {
  const rules = proxyRules.parse([
    { when: { nth: 1 }, then: 'challenge' },
    { when: { nth: 1 }, then: 'deny' },
    { when: { nth: 1 }, then: { kind: 'respond', status: 502, body: 'sorry' } },
  ]);
  await using lab = await startProxyLab();
  await lab.origin(80, fine);
  for (const request of [get(), `CONNECT app.test:80 HTTP/1.1\r\n\r\n`]) {
    lab.proxy.change(rules);
    const client = await lab.dial();
    for (let count = 0; count < 4; count += 1) {
      client.send(request);
      await lab.settled();
    }
    expect(statuses(client.heard())).toEqual(['407', '403', '502', '200']);
  }
});

test('connections to a destination are used again', async () => {
  await using lab = await startProxyLab();
  const origins = await lab.origin(80, fine);
  for (let count = 0; count < 5; count += 1) await lab.ask(get());
  expect(origins).toHaveLength(1);
});

test('a kept connection that the destination closes meanwhile is not used again', async () => {
  await using lab = await startProxyLab();
  const origins = await lab.origin(80, fine);
  await lab.ask(get());
  origins[0]?.connection.end();
  await lab.settled();
  expect(statuses(await lab.ask(get()))).toEqual(['200']);
  expect(origins).toHaveLength(2);
});

test('a POST is never sent twice, not even when a kept connection dies under it', async () => {
  await using lab = await startProxyLab();
  const origins = await lab.origin(80, (side, chunk) =>
    chunk.startsWith('POST') ? side.connection.reset() : fine(side),
  );
  await lab.ask(get());
  expect(statuses(await lab.ask(`${head}\r\n`))).toEqual(['502']);
  expect(origins).toHaveLength(1);
});

test('a kept connection that dies as the next request arrives is replaced without a word', async () => {
  await using lab = await startProxyLab();
  const origins = await lab.origin(80, (side) => {
    if (side.heard().match(/GET/g)?.length === 2) side.connection.reset();
    else fine(side);
  });
  await lab.ask(get());
  expect(statuses(await lab.ask(get()))).toEqual(['200']);
  expect(origins).toHaveLength(2);
  expect(lab.events('proxy.upstream-failed')).toEqual([]);
});

test('an HTTP/1.0 client gets a closed connection and no chunks', async () => {
  await using lab = await startProxyLab();
  await lab.origin(80, (side) =>
    side.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfine\r\n0\r\n\r\n'),
  );
  const client = await lab.dial();
  client.send('GET http://app.test/ HTTP/1.0\r\n\r\n');
  await lab.settled();
  expect(client.heard()).toMatch(/\r\nConnection: close\r\n\r\nfine$/);
  expect(client.heard()).not.toMatch(/chunked/);
  expect(client.ended()).toBe(true);
});

const stops: [what: string, stop: (side: Talk) => void][] = [
  ['ends', (side) => side.connection.end()],
  ['resets', (side) => side.connection.reset()],
];
for (const [what, stop] of stops) {
  test.each([
    ['a counted body', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello'],
    ['a chunked body', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n'],
  ])(`a destination that ${what} in %s shows as RST, never as success`, async (_kind, part) => {
    await using lab = await startProxyLab();
    const origins = await lab.origin(80, (side) => side.send(part));
    const client = await lab.dial();
    client.send(get());
    await lab.settled();
    stop(origins[0] as Talk);
    await lab.settled();
    expect(client.heard()).toContain('hello');
    expect(client.heard()).not.toContain('0\r\n\r\n');
    expect([client.failure(), client.ended()]).toEqual(['ECONNRESET', false]);
    expect(lab.events('proxy.upstream-failed')).toMatchObject([
      { failure: what === 'ends' ? 'tcp.closed' : 'tcp.reset' },
    ]);
  });

  test(`a destination that ${what} without an answer gives 502`, async () => {
    await using lab = await startProxyLab();
    await lab.origin(80, stop);
    const answer = await lab.ask(get());
    expect(statuses(answer)).toEqual(['502']);
    expect(answer).toContain('error=connection_terminated');
  });
}

test('an HTTP/1.0 client of a destination that breaks off is reset too, since FIN would mean success', async () => {
  await using lab = await startProxyLab();
  await lab.origin(80, (side) => {
    side.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n');
    side.connection.end();
  });
  const client = await lab.dial();
  client.send('GET http://app.test/ HTTP/1.0\r\n\r\n');
  await lab.settled();
  expect([client.failure(), client.ended()]).toEqual(['ECONNRESET', false]);
});

test('an answer that is not HTTP gives 502', async () => {
  await using lab = await startProxyLab();
  await lab.origin(80, (side) => side.send('SSH-2.0-x\r\n'));
  const answer = await lab.ask(get());
  expect(statuses(answer)).toEqual(['502']);
  expect(answer).toContain('error=http_protocol_error');
});

test('a client that goes away takes its request to the destination with it', async () => {
  await using lab = await startProxyLab();
  const origins = await lab.origin(80, (side) => side.send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello'));
  for (const leave of ['destroy', 'reset'] as const) {
    const client = await lab.dial();
    client.send(get());
    await lab.settled();
    expect(origins.at(-1)?.ended()).toBe(false);
    client.connection[leave]();
    await lab.settled();
    expect(origins.at(-1)?.ended() || origins.at(-1)?.failure()).toBeTruthy();
  }
});

test.each<[what: string, spec: Record<string, unknown>]>([
  ['a healthy proxy', {}],
  ['a slow one', { behaviour: { kind: 'throttle', rate: 1 } }],
])('%s frees a destination that answered before it had the whole body, when the client leaves', async (_what, spec) => {
  await using lab = await startProxyLab(spec);
  const origins = await lab.origin(80, fine);
  const client = await lab.dial();
  client.send('POST http://app.test/ HTTP/1.1\r\nHost: app.test\r\nContent-Length: 50\r\n\r\nsome of it');
  for (const ms of [1000, 5000]) await lab.world.clock.sleep(ms);
  await lab.settled();
  expect(client.heard()).toContain('200 Fine');
  client.connection.destroy();
  await lab.settled();
  await lab.settled();
  expect(origins[0]?.failure() ?? origins[0]?.ended()).toBeTruthy();
  expect(lab.dialled.map(({ destroyed }) => destroyed)).toEqual([true]);
});

test('what is left of a body still goes on when its answer was early, and the connection is used again', async () => {
  await using lab = await startProxyLab();
  const origins = await lab.origin(80, (side) => {
    if (side.heard().length < 300) fine(side);
  });
  const client = await lab.dial();
  client.send('POST http://app.test/ HTTP/1.1\r\nHost: app.test\r\nContent-Length: 9\r\n\r\nsome');
  await lab.settled();
  expect(client.heard()).toContain('200 Fine');
  client.send(' more');
  await lab.settled();
  expect(origins[0]?.heard()).toMatch(/some more$/);
  client.send(get());
  await lab.settled();
  expect(statuses(client.heard())).toEqual(['200', '200']);
});

test('a client that goes away while the destination is silent takes its request with it', async () => {
  await using lab = await startProxyLab();
  const origins = await lab.origin(80);
  const client = await lab.dial();
  client.send(`${head}Content-Length: 10\r\n\r\nhello`);
  await lab.settled();
  client.connection.destroy();
  await lab.settled();
  expect(origins[0]?.ended()).toBe(true);
});

test('control bytes in a reason phrase are left out and crash nothing', async () => {
  await using lab = await startProxyLab();
  await lab.origin(80, (side) =>
    side.send(Buffer.from('HTTP/1.1 200 O\u0001K\u00e9\r\nContent-Length: 0\r\n\r\n', 'latin1')),
  );
  expect(statusLine(await lab.ask(get()))).toMatch(/^HTTP\/1\.1 (200 OK\u00e9|502 Bad Gateway)$/);
});

test('a request head over the limit gets 431, and a 48 KB token is under it', async () => {
  await using lab = await startProxyLab();
  await lab.origin(80, fine);
  const token = (kb: number): string => `Proxy-Authorization: Negotiate ${'A'.repeat(kb * 1024)}\r\n`;
  expect(statuses(await lab.ask(get('http://app.test/', token(48))))).toEqual(['200']);
  expect(statuses(await lab.ask(get('http://app.test/', token(130))))).toEqual(['431']);
  await using small = await startProxyLab({ headerLimit: 8192 });
  expect(statuses(await small.ask(get('http://app.test/', token(16))))).toEqual(['431']);
});

test('more than 2000 fields are all passed on', async () => {
  await using lab = await startProxyLab();
  const origins = await lab.origin(80, fine);
  await lab.ask(get('http://app.test/', 'a: b\r\n'.repeat(2500)));
  expect(origins[0]?.heard().match(/\r\na: b/g)).toHaveLength(2500);
});

test('HEAD, 204 and 304 have no body and keep the connection', async () => {
  await using lab = await startProxyLab();
  await lab.origin(80, (side, chunk) => {
    if (chunk.startsWith('HEAD')) side.send('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n');
    else side.send(`HTTP/1.1 ${/\/(\d+)/.exec(chunk)?.[1]} X\r\n\r\n`);
  });
  const client = await lab.dial();
  client.send('HEAD http://app.test/ HTTP/1.1\r\nHost: app.test\r\n\r\n');
  client.send(get('http://app.test/204') + get('http://app.test/304'));
  await lab.settled();
  expect(statuses(client.heard())).toEqual(['200', '204', '304']);
  expect(client.heard()).toContain('Content-Length: 100\r\n');
});

test('a request that has been here before is a loop', async () => {
  await using lab = await startProxyLab();
  const origins = await lab.origin(80, fine);
  const answer = await lab.ask(get('http://app.test/', 'Via: 1.1 other, 1.1 Proxy.test\r\n'));
  expect(statuses(answer)).toEqual(['502']);
  expect(answer).toContain('error=proxy_loop_detected');
  expect(origins).toEqual([]);
  expect(statuses(await lab.ask(get('http://app.test/', 'Via: 1.1 other\r\n')))).toEqual(['200']);
});

test('a large body passes whole in both directions', async () => {
  await using lab = await startProxyLab();
  const size = 3_000_000;
  await lab.origin(80, (side) => {
    const heard = side.heard();
    const start = heard.indexOf('\r\n\r\n') + 4;
    if (heard.length - start === size)
      side.send(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n${heard.slice(start)}`);
  });
  const body = Array.from({ length: size / 10 }, (_, index) => String(index).padStart(10, '0')).join('');
  const answer = await lab.ask(`${head}Content-Length: ${size}\r\n\r\n${body}`);
  expect(answer.slice(answer.indexOf('\r\n\r\n') + 4) === body).toBe(true);
});

test('the trace keeps the scheme of credentials and nothing else of them', async () => {
  await using lab = await startProxyLab();
  await lab.origin(80, echo);
  await lab.ask(get('http://app.test/', 'Proxy-Authorization: Basic c2VjcmV0\r\nAuthorization: Bearer c2VjcmV0\r\n'));
  expect(lab.events('proxy.request')[0]?.headers).toEqual([
    ['Host', 'app.test'],
    ['Proxy-Authorization', 'Basic ***'],
    ['Authorization', 'Bearer ***'],
  ]);
  expect(JSON.stringify(lab.world.trace.events)).not.toContain('c2VjcmV0');
});
