/** The battery: the same requests through every proxy, each judged in a few words. Keys are those of `docs/proxies.md`. */
import type { Subject } from './subjects.ts';
import { dial, freePort, limit, origin } from './wire.ts';
import type { Origin, Side } from './wire.ts';

export type Probe = (subject: Subject) => Promise<string>;

const head = (line: string, port: number, more = ''): string =>
  `${line} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${more}\r\n`;
const url = (port: number, path = '/'): string => `http://127.0.0.1:${port}${path}`;
const get = (port: number, path = '/', more = ''): string => head(`GET ${url(port, path)}`, port, more);
const connect = (port: number): string => head(`CONNECT 127.0.0.1:${port}`, port);
const fine = 'HTTP/1.1 200 Fine\r\nContent-Length: 4\r\n\r\nfine';
const statusOf = (heard: string): string => /^HTTP\/1\.\d (\d{3})/.exec(heard)?.[1] ?? '';
const statusesIn = (heard: string): string[] =>
  [...heard.matchAll(/HTTP\/1\.\d (\d{3})/g)].map(([, code]) => code ?? '');
const bodyOf = (heard: string): string => heard.slice(heard.indexOf('\r\n\r\n') + 4);

/** The status, or how the connection ended without one. */
const answerOf = (side: Side): string =>
  statusOf(side.heard) || { FIN: 'closed', RST: 'reset', open: 'silence' }[side.end];

/** Whether what was heard so far may be whole. Heads come in pieces from some proxies. */
const complete = ({ heard }: Side): boolean => /(\r\n\r\n|hello!?)$/.test(heard);

const answering = (side: Side): void => {
  if (complete(side)) side.say(fine);
};

/** One request, and all that comes back. */
async function asked(port: number, bytes: string): Promise<Side> {
  const client = await dial(port);
  client.say(bytes);
  await client.quiet();
  client.socket.destroy();
  return client;
}

/** What a request of this shape leads to: a status, and whether the destination heard of it. */
const shaped =
  (shape: (port: number) => string, seen: (heard: string) => string = () => ''): Probe =>
  async ({ port }) => {
    await using destination = await origin(answering);
    const client = await asked(port, shape(destination.port));
    const heard = destination.heard();
    const note = heard === '' ? '' : seen(heard);
    return note === '' ? answerOf(client) : `${answerOf(client)}, ${note}`;
  };

/** What comes back of an answer of these bytes. */
const answered =
  (bytes: string, judge: (client: Side) => string, end: 'FIN' | 'keeps' = 'keeps', more = ''): Probe =>
  async ({ port }) => {
    await using destination = await origin((side) => {
      if (!complete(side)) return;
      side.say(bytes);
      if (end === 'FIN') side.socket.end();
    });
    return judge(await asked(port, get(destination.port, '/', more)));
  };

interface Joined {
  client: Side;
  server: Side;
  destination: Origin;
}

/** A tunnel that stands, and what a probe finds out on it. */
const tunnelled =
  (probe: (joined: Joined) => Promise<string>, early = ''): Probe =>
  async ({ port }) => {
    await using destination = await origin();
    const client = await dial(port);
    client.say(connect(destination.port) + early);
    const stands = await client.until(() => client.heard.includes('\r\n\r\n'));
    await client.until(() => destination.sides.length > 0);
    const [server] = destination.sides;
    const result = stands && server ? await probe({ client, server, destination }) : `no tunnel: ${answerOf(client)}`;
    client.socket.destroy();
    return result;
  };

const chunked = (method: string): ((port: number) => string) => {
  const inner = 'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n';
  return (port) =>
    `${head(`${method} ${url(port)}`, port, 'Transfer-Encoding: chunked\r\n')}${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`;
};

const framing = (heard: string): string => {
  const kept = /transfer-encoding/i.test(heard);
  const counted = /content-length/i.test(heard);
  return kept && counted ? 'both passed on' : kept ? 'chunked' : counted ? 'counted' : 'without a body';
};

const fieldsIn = (text: string, names: readonly string[]): string => {
  const found = names.filter((name) => new RegExp(`^${name}:`, 'im').test(text));
  return found.length === 0 ? 'none' : found.join(' ');
};

const post = (port: number, more: string, body = ''): string => head(`POST ${url(port)}`, port, more) + body;

const partial = (client: Side): string => {
  if (client.heard.endsWith('\r\n0\r\n\r\n') || (client.heard.includes('hello') && client.end === 'open')) {
    return client.end === 'open' ? 'hangs' : 'looks whole';
  }
  return client.heard.includes('hello') ? client.end : answerOf(client);
};

export const probes: Record<string, Probe> = {
  'path and query': shaped(
    (port) => get(port, '/a//b/./../%2f?x=//y'),
    (heard) => (heard.startsWith('GET /a//b/./../%2f?x=//y ') ? 'kept' : (heard.split(' ')[1] ?? '')),
  ),
  'Host unlike the URL': shaped(
    (port) => `GET ${url(port)} HTTP/1.1\r\nHost: other.test\r\n\r\n`,
    (heard) => (/^host: other\.test/im.test(heard) ? 'passed on' : 'replaced'),
  ),
  'no Host': shaped(
    (port) => `GET ${url(port)} HTTP/1.1\r\n\r\n`,
    (heard) => (/^host:/im.test(heard) ? 'added' : 'none'),
  ),
  'fields of one hop that reach the destination': shaped(
    (port) =>
      get(
        port,
        '/',
        'Connection: X-Drop, close\r\nX-Drop: 1\r\nKeep-Alive: timeout=5\r\nProxy-Connection: keep-alive\r\nProxy-Authorization: Basic eDp5\r\nTE: trailers\r\n',
      ),
    (heard) => fieldsIn(heard, ['x-drop', 'keep-alive', 'proxy-connection', 'proxy-authorization', 'te']),
  ),
  'fields of one hop that reach the client': answered(
    'HTTP/1.1 200 OK\r\nConnection: X-Drop\r\nX-Drop: 1\r\nKeep-Alive: timeout=5\r\nProxy-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n',
    ({ heard }) => fieldsIn(heard, ['x-drop', 'keep-alive', 'proxy-authenticate']),
  ),
  'repeated fields': shaped(
    (port) => get(port, '/', 'X-A: 1\r\nb: 2\r\nx-a: 3\r\n'),
    (heard) =>
      /X-A: 1\r\nb: 2\r\nx-a: 3\r\n/.test(heard) ? 'kept' : /X-A: 1[\s\S]*x-a: 3/.test(heard) ? 'moved' : 'changed',
  ),
  'fields that name the proxy': shaped(
    (port) => get(port),
    (heard) => fieldsIn(heard, ['via', 'x-forwarded-for', 'forwarded']),
  ),
  'a chunked POST': shaped((port) => post(port, 'Transfer-Encoding: chunked\r\n', '5\r\nhello\r\n0\r\n\r\n'), framing),
  'a chunked DELETE': shaped(chunked('DELETE'), (heard) =>
    /^0\r\n\r\n$/m.test(heard) || /content-length: 3\d/i.test(heard) ? 'one request' : 'two requests',
  ),
  'Content-Length and Transfer-Encoding': shaped(
    (port) => post(port, 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'),
    framing,
  ),
  'two Content-Length': shaped(
    (port) => post(port, 'Content-Length: 5\r\nContent-Length: 6\r\n', 'hello!'),
    (heard) => (heard.match(/content-length/gi)?.length === 2 ? 'both passed on' : 'one passed on'),
  ),
  'an unknown Transfer-Encoding': shaped((port) => post(port, 'Transfer-Encoding: xchunked\r\n', '0\r\n\r\n'), framing),
  'bare LF in the head': shaped(
    (port) => get(port, '/', 'X: y\nZ: q\r\n'),
    () => 'passed on',
  ),
  'a space before a colon': shaped(
    (port) => get(port, '/', 'X : y\r\n'),
    (heard) => (/^X :/im.test(heard) ? 'passed on' : 'mended or dropped'),
  ),
  'Expect: 100-continue': async ({ port }) => {
    await using destination = await origin((side) => {
      if (side.heard.endsWith('hello')) side.say(fine);
    });
    const client = await dial(port);
    client.say(post(destination.port, 'Expect: 100-continue\r\nContent-Length: 5\r\n'));
    const told = await client.until(() => client.heard.includes('\r\n\r\n'), 1500);
    client.say('hello');
    await client.until(() => /HTTP\/1\.1 200/.test(client.heard));
    client.socket.destroy();
    const passed = /^expect:/im.test(destination.heard()) ? 'passed on' : 'not passed on';
    return `${told ? statusesIn(client.heard).join(' ') : `no 100, then ${statusesIn(client.heard).join(' ')}`}, ${passed}`;
  },
  '103 before the answer': answered(`HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${fine}`, ({ heard }) =>
    statusesIn(heard).join(' '),
  ),
  '101 that nobody asked for': answered(
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n',
    answerOf,
    'FIN',
  ),
  'trailers of the answer': answered(
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-T: 1\r\n\r\n',
    ({ heard }) => (/^X-T:/im.test(heard) ? 'relayed' : 'dropped'),
  ),
  'two pipelined requests': async ({ port }) => {
    await using destination = await origin(answering);
    const client = await asked(port, get(destination.port, '/1') + get(destination.port, '/2'));
    return `${statusesIn(client.heard).length} answers`;
  },
  'the connection after an answer': answered(fine, ({ end }) => (end === 'open' ? 'kept' : 'closed')),
  'the connection after a 502 or the like': async ({ port }) => {
    const client = await asked(port, get(await freePort()));
    return `${answerOf(client)}, ${client.end === 'open' ? 'kept' : 'closed'}`;
  },
  'a chunked answer to HTTP/1.0': async ({ port }) => {
    await using destination = await origin((side) => {
      if (complete(side)) side.say('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfine\r\n0\r\n\r\n');
    });
    const client = await asked(port, `GET ${url(destination.port)} HTTP/1.0\r\n\r\n`);
    const form = /transfer-encoding/i.test(client.heard) ? 'chunks' : 'no chunks';
    return `${form}, ${bodyOf(client.heard) === 'fine' ? 'whole' : 'not whole'}, ${client.end === 'open' ? 'kept' : 'closed'}`;
  },
  'half of a counted answer': answered('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello', partial, 'FIN'),
  'half of a chunked answer': answered(
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n',
    partial,
    'FIN',
  ),
  'no answer': answered('', answerOf, 'FIN'),
  'an answer that is no HTTP': answered('SSH-2.0-x\r\n', answerOf, 'FIN'),
  'a control byte in a reason phrase': answered('HTTP/1.1 200 O\u0001K\r\nContent-Length: 0\r\n\r\n', answerOf),
  'a client that leaves': async ({ port }) => {
    await using destination = await origin();
    const client = await dial(port);
    client.say(get(destination.port));
    await client.until(() => destination.heard() !== '');
    client.socket.destroy();
    const freed = await client.until(() => destination.sides.every(({ end }) => end !== 'open'), limit);
    return freed ? 'the destination is freed' : 'the destination is held';
  },
  'a head of 48 KB': shaped((port) => get(port, '/', `X: ${'x'.repeat(48 * 1024)}\r\n`)),
  'a head of 200 KB': shaped((port) => get(port, '/', `X: ${'x'.repeat(200 * 1024)}\r\n`)),
  'origin-form': shaped((port) => head('GET /', port)),
  'https in absolute form': shaped((port) => get(port).replace('http:', 'https:')),
  'OPTIONS without a path': shaped(
    (port) => head(`OPTIONS http://127.0.0.1:${port}`, port),
    (heard) => heard.split(' ')[1] ?? '',
  ),
  'plain Upgrade': async ({ port }) => {
    await using destination = await origin((side) => {
      const wanted = /^upgrade: websocket/im.test(side.heard);
      if (complete(side))
        side.say(
          wanted ? 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhi' : fine,
        );
    });
    const client = await asked(port, get(destination.port, '/', 'Connection: Upgrade\r\nUpgrade: websocket\r\n'));
    return `${answerOf(client)}${client.heard.endsWith('hi') ? ', joined' : ''}`;
  },
  'a port nobody listens on': async ({ port }) => {
    const client = await asked(port, connect(await freePort()));
    return answerOf(client);
  },
  'CONNECT without a port': async ({ port }) =>
    answerOf(await asked(port, 'CONNECT 127.0.0.1 HTTP/1.1\r\nHost: x\r\n\r\n')),
  'CONNECT to port 0': async ({ port }) => answerOf(await asked(port, connect(0))),
  'CONNECT to port 99999': async ({ port }) => answerOf(await asked(port, connect(99_999))),
  'CONNECT with a user': async ({ port }) => {
    await using destination = await origin();
    return answerOf(await asked(port, `CONNECT me@127.0.0.1:${destination.port} HTTP/1.1\r\nHost: x\r\n\r\n`));
  },
  'bytes in the segment of CONNECT': tunnelled(async ({ client, server }) => {
    await client.until(() => server.heard !== '', 1500);
    return server.heard === 'early' ? 'arrive' : 'are lost';
  }, 'early'),
  "the answer after the client's FIN": tunnelled(async ({ client, server }) => {
    client.socket.end('question');
    await client.until(() => server.end !== 'open');
    server.socket.end('answer');
    await client.until(() => client.end !== 'open');
    return client.heard.endsWith('answer') ? 'arrives' : 'is lost';
  }),
  "the client's bytes after the origin's FIN": tunnelled(async ({ client, server }) => {
    server.socket.end('bye');
    await client.until(() => client.end !== 'open');
    client.say('last words');
    await client.until(() => server.heard !== '', 1500);
    return server.heard === 'last words' ? 'arrive' : 'are lost';
  }),
  'RST of the origin': tunnelled(async ({ client, server }) => {
    server.socket.resetAndDestroy();
    await client.until(() => client.end !== 'open');
    return client.end;
  }),
  'RST of the client': tunnelled(async ({ client, server }) => {
    client.socket.resetAndDestroy();
    await server.until(() => server.end !== 'open');
    return server.end;
  }),
  'a client that does not read': tunnelled(async ({ client, server }) => {
    client.socket.pause();
    const chunk = Buffer.alloc(64 * 1024);
    let taken = 0;
    let before = -1;
    for (let count = 0; count < 1000; count += 1) server.socket.write(chunk, () => (taken += chunk.length));
    while (taken !== before && taken < 1000 * chunk.length) {
      before = taken;
      await server.until(() => taken > before + 1_000_000, 500);
    }
    return taken < 1000 * chunk.length ? 'bounds the origin' : 'is no bound';
  }),
  'no credentials': async ({ guarded }) => answerOf(await asked(guarded, connect(await freePort()))),
  'the connection after a 407': async ({ guarded }) => {
    const client = await asked(guarded, connect(await freePort()));
    return client.end === 'open' ? 'kept' : 'closed';
  },
  'right credentials after 19 legs of 407': async ({ guarded }) => {
    await using destination = await origin();
    const client = await dial(guarded);
    for (let leg = 1; leg < 20 && client.end === 'open'; leg += 1) {
      client.say(connect(destination.port));
      await client.until(() => statusesIn(client.heard).length >= leg || client.end !== 'open');
      // The page of a 407 is drained, as a client does that goes on.
      await client.until(() => client.heard.endsWith('\n'), 100);
    }
    const before = statusesIn(client.heard).length;
    client.say(
      head(`CONNECT 127.0.0.1:${destination.port}`, destination.port, 'Proxy-Authorization: Basic bWU6c2VjcmV0\r\n'),
    );
    await client.until(() => statusesIn(client.heard).length > before || client.end !== 'open');
    client.socket.destroy();
    const codes = statusesIn(client.heard);
    return codes.length === 20 ? (codes.at(-1) ?? '') : `closed after ${codes.length}`;
  },
};
