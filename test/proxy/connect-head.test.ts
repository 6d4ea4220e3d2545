/** The short way for CONNECT reads what node:http reads, or leaves it to node:http. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Duplex } from 'node:stream';
import { expect, test } from 'vitest';

import { readConnectHead } from '../../src/proxy/connect-head.ts';
import { pairsOf } from '../../src/proxy/headers.ts';
import { fc } from '../kit/properties.ts';

const limit = 131_072;

/** What node:http makes of it; undefined when it is no CONNECT, or an error. */
async function parsed(bytes: Buffer): Promise<object | undefined> {
  const server = createServer({ requireHostHeader: false, maxHeaderSize: limit });
  const stream = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
  const connected = new Promise<object>((resolve) =>
    server.once('connect', (request, _stream, rest: Buffer) =>
      resolve({
        method: request.method,
        target: request.url,
        version: request.httpVersion,
        headers: pairsOf(request.rawHeaders),
        rest: rest.toString('latin1'),
      }),
    ),
  );
  const other = ['request', 'clientError', 'upgrade'].map((event) => once(server, event).then(() => undefined));
  server.emit('connection', stream);
  stream.push(bytes);
  stream.push(null);
  const result = await Promise.race([connected, ...other]);
  stream.destroy();
  return result;
}

function shortly(bytes: Buffer): object | undefined {
  const read = readConnectHead(bytes, limit);
  if (!read) return undefined;
  const { kind: _kind, ...head } = read.head;
  return { ...head, rest: bytes.subarray(read.length).toString('latin1') };
}

const line = 'CONNECT sb.corp.example:443 HTTP/1.1\r\n';
const plain = [
  `${line}Host: sb.corp.example:443\r\n\r\n`,
  `${line}Host: sb.corp.example\r\nProxy-Connection: Keep-Alive\r\nUser-Agent: curl/8.5.0\r\n\r\n\x16\x03\x01`,
  'CONNECT [2001:db8::1]:443 HTTP/1.1\r\nHost:[2001:db8::1]:443\r\nX-Empty:\r\nX-Twice: 1\r\nx-twice: a  b\r\n\r\n',
  `${line}\r\n`,
];

test.each(plain)('it reads %j as node:http does', async (text) => {
  const bytes = Buffer.from(text, 'latin1');
  expect(shortly(bytes)).toEqual(await parsed(bytes));
  expect(shortly(bytes)).toBeDefined();
});

test.each([
  'GET / HTTP/1.1\r\n\r\n',
  'CONNECT',
  'C',
  'CONNECT a:1 HTTP/1.0\r\n\r\n',
  'CONNECT a:1 HTTP/1.1\nHost: a\n\n',
  'CONNECT user@a:1 HTTP/1.1\r\n\r\n',
  'CONNECT  a:1 HTTP/1.1\r\n\r\n',
  `${line}Host : a\r\n\r\n`,
  `${line}Host: a\r\n b\r\n\r\n`,
  `${line}Host: a\nX: b\r\n\r\n`,
  `${line}X: a\rb\r\n\r\n`,
  `${line}X: \0\r\n\r\n`,
  `${line}X:\ta\r\n\r\n`,
  `${line}X: ä\r\n\r\n`,
  `${line}: a\r\n\r\n`,
  `${line}Host: a\r\n`,
  `${line}Content-Length: 0\r\n\r\n`,
  `${line}transfer-encoding: chunked\r\n\r\n`,
  `${line}Upgrade: h2c\r\n\r\n`,
  `${line}Connection: close\r\n\r\n`,
  `${line}Expect: 100-continue\r\n\r\n`,
])('it leaves %j to node:http', (text) => {
  expect(shortly(Buffer.from(text, 'latin1'))).toBeUndefined();
});

test('it leaves a head over the limit to node:http', () => {
  const text = plain[0] ?? '';
  const bytes = Buffer.from(text, 'latin1');
  expect(readConnectHead(bytes, text.length)?.length).toBe(text.length);
  expect(readConnectHead(bytes, text.length - 1)).toBeUndefined();
});

test('whatever is turned, cut or put in: it reads what node:http reads, or nothing', async () => {
  const piece = fc.constantFrom(
    '\r\n',
    '\n',
    '\r',
    ' ',
    '\t',
    ':',
    '\0',
    '\x7f',
    'ä',
    ',',
    'a',
    ': ',
    '\r\n\r\n',
    'HTTP/1.1',
  );
  const change = fc.record({ text: fc.constantFrom(...plain), at: fc.nat(120), drop: fc.nat(3), put: piece });
  await fc.assert(
    fc.asyncProperty(change, async ({ text, at, drop, put }) => {
      const bytes = Buffer.from(text.slice(0, at) + put + text.slice(at + drop), 'latin1');
      const short = shortly(bytes);
      if (short) expect(short).toEqual(await parsed(bytes));
    }),
    { numRuns: 2000 },
  );
});
