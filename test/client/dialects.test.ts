/** What each client says and does next when a proxy fails it: real-client measurements and sources as facts. */
import { expect, test } from 'vitest';

import { dialects } from '../../src/client/index.ts';
import { dropped, get, listening, one, play, rejected, scripted, second, two, withProxy, withScript } from './kit.ts';
import type { Played } from './kit.ts';

const plain = 'http://app.test/';
const secure = 'https://app.test/';

/** `one; two` where one behaves like this and two serves; curl has one alone. */
function facing(profile: string, how: unknown, url: string): Promise<Played> {
  const cut = how === 'drop' ? [dropped('10.20.0.8:8080')] : how === 'reject' ? [rejected('10.20.0.8:8080')] : [];
  const there = cut.length > 0 ? {} : { one: listening(how) };
  return play({
    profile,
    client: profile === 'curl' ? withProxy(profile) : withScript(profile),
    hosts: scripted(`${one}; ${two}`),
    proxies: { ...there, two: second },
    firewall: cut,
    steps: [get(url)],
  });
}

/** How a request ended, in a line: `two 200 @8000`, `one ERR_EMPTY_RESPONSE @0`. */
function sayEnd({ requests: [end] }: Played): string {
  if (!end) return 'nothing';
  const by = end.route === two ? 'two' : end.route === one ? 'one' : String(end.route);
  const words = end.error ? `${end.error.name}${end.error.number === undefined ? '' : ` ${end.error.number}`}` : '';
  return [by, end.status, words, `@${end.at}`].filter((part) => part !== null && part !== '').join(' ');
}

const respond = (status: number) => ({ kind: 'respond', status });

test.each<[profile: string, how: unknown, url: string, end: string]>([
  // Refused: everybody with a list goes on.
  ['chromium', 'reject', secure, 'two 200 @0'],
  ['firefox', 'reject', secure, 'two 200 @0'],
  ['node', 'reject', secure, 'two 200 @0'],
  ['dotnet-framework', 'reject', secure, 'two 200 @1000'],
  ['winhttp', 'reject', secure, 'one ERROR_WINHTTP_CANNOT_CONNECT 12029 @1000'],
  ['curl', 'reject', secure, 'one CURLE_COULDNT_CONNECT 7 @0'],
  // SYN dropped: each after its own time.
  ['chromium', 'drop', plain, 'two 200 @8000'],
  ['firefox', 'drop', plain, 'two 200 @90000'],
  ['node', 'drop', plain, 'two 200 @127000'],
  ['dotnet-framework', 'drop', plain, 'two 200 @21000'],
  ['winhttp', 'drop', plain, 'one ERROR_WINHTTP_TIMEOUT 12002 @21000'],
  ['curl', 'drop', plain, 'one CURLE_OPERATION_TIMEDOUT 28 @127000'],
  // RST after the request.
  ['chromium', 'reset', plain, 'one ERR_CONNECTION_RESET -101 @0'],
  ['chromium', 'reset', secure, 'two 200 @0'],
  ['firefox', 'reset', plain, 'two 200 @0'],
  ['firefox', 'reset', secure, 'two 200 @0'],
  ['node', 'reset', plain, 'one ECONNRESET @0'],
  ['node', 'reset', secure, 'two 200 @0'],
  ['dotnet-framework', 'reset', secure, 'one ReceiveFailure 3 @0'],
  ['winhttp', 'reset', secure, 'one ERROR_WINHTTP_CONNECTION_ERROR 12030 @0'],
  ['curl', 'reset', secure, 'one CURLE_RECV_ERROR 56 @0'],
  // Closed without an answer.
  ['chromium', 'close', plain, 'one ERR_EMPTY_RESPONSE -324 @0'],
  ['chromium', 'close', secure, 'one ERR_EMPTY_RESPONSE -324 @0'],
  ['firefox', 'close', plain, 'two 200 @0'],
  ['firefox', 'close', secure, 'two 200 @0'],
  ['winhttp', 'close', secure, 'one ERROR_WINHTTP_INVALID_SERVER_RESPONSE 12152 @0'],
  ['curl', 'close', plain, 'one CURLE_GOT_NOTHING 52 @0'],
  ['curl', 'close', secure, 'one CURLE_RECV_ERROR 56 @0'],
  // Silence.
  ['chromium', 'hang', secure, 'two 200 @30000'],
  ['chromium', 'hang', plain, 'one none @600000'],
  ['firefox', 'hang', secure, 'two 200 @31000'],
  ['firefox', 'hang', plain, 'one netTimeout @300000'],
  ['winhttp', 'hang', secure, 'one ERROR_WINHTTP_TIMEOUT 12002 @30000'],
  ['curl', 'hang', secure, 'one CURLE_OPERATION_TIMEDOUT 28 @300000'],
  ['node', 'hang', secure, 'one none @600000'],
  ['dotnet-framework', 'hang', secure, 'one Timeout 14 @100000'],
  // Garbage.
  ['chromium', 'garbage', plain, 'one ERR_ABORTED -3 @0'],
  ['chromium', 'garbage', secure, 'one ERR_TUNNEL_CONNECTION_FAILED -111 @0'],
  ['firefox', 'garbage', secure, 'two 200 @0'],
  // Status lines that are none: measured.
  ['chromium', { kind: 'connect-reply', line: 'HTTP/1.1 OK' }, secure, 'one 200 @0'],
  ['chromium', { kind: 'connect-reply', line: 'HTTP/1.1' }, secure, 'one 200 @0'],
  ['chromium', { kind: 'connect-reply', line: 'http/2  200 OK' }, secure, 'one 200 @0'],
  ['chromium', { kind: 'connect-reply', line: 'HTTP/1.1 20 OK' }, secure, 'one ERR_TUNNEL_CONNECTION_FAILED -111 @0'],
  ['firefox', { kind: 'connect-reply', line: 'HTTP/1.1 OK' }, secure, 'one NS_ERROR_PARSING_HTTP_STATUS_LINE @0'],
  ['firefox', { kind: 'connect-reply', line: 'HTTP/1.1' }, secure, 'one 200 @0'],
  ['firefox', { kind: 'connect-reply', line: 'http/2  200 OK' }, secure, 'one 200 @0'],
  ['node', 'garbage', plain, 'one HPE_INVALID_CONSTANT @0'],
  ['curl', 'garbage', plain, 'one CURLE_UNSUPPORTED_PROTOCOL 1 @0'],
  // Bytes in one piece with the 200: measured, but for the agents of Node, whose source throws them away.
  ['chromium', { kind: 'connect-reply', early: 'hello' }, secure, 'one ERR_TUNNEL_CONNECTION_FAILED -111 @0'],
  ['firefox', { kind: 'connect-reply', early: 'hello' }, secure, 'one 200 @0'],
  ['node', { kind: 'connect-reply', early: 'hello' }, secure, 'one 200 @0'],
  // The handshake behind the 200 is cut off: of both browsers measured.
  ['chromium', { kind: 'sni-filter', how: 'rst' }, secure, 'one ERR_CONNECTION_RESET -101 @0'],
  ['chromium', { kind: 'sni-filter', how: 'fin' }, secure, 'one ERR_CONNECTION_CLOSED -100 @0'],
  ['firefox', { kind: 'sni-filter', how: 'rst' }, secure, 'one nssFailure2 @0'],
  ['firefox', { kind: 'sni-filter', how: 'fin' }, secure, 'one nssFailure2 @0'],
  ['dotnet-framework', { kind: 'sni-filter', how: 'rst' }, secure, 'one SendFailure 4 @0'],
  ['dotnet-framework', { kind: 'sni-filter', how: 'fin' }, secure, 'one SendFailure 4 @0'],
  ['curl', { kind: 'sni-filter', how: 'rst' }, secure, 'one CURLE_SSL_CONNECT_ERROR 35 @0'],
  ['curl', { kind: 'sni-filter', how: 'fin' }, secure, 'one CURLE_SSL_CONNECT_ERROR 35 @0'],
  ['node', { kind: 'sni-filter', how: 'rst' }, secure, 'one ECONNRESET @0'],
  ['node', { kind: 'sni-filter', how: 'fin' }, secure, 'one ECONNRESET @0'],
  ['winhttp', { kind: 'sni-filter', how: 'rst' }, secure, 'one ERROR_WINHTTP_CONNECTION_ERROR 12030 @0'],
  // Statuses: never a reason to go on.
  ['chromium', respond(502), plain, 'one 502 @0'],
  ['chromium', respond(502), secure, 'one 502 ERR_TUNNEL_CONNECTION_FAILED -111 @0'],
  ['chromium', respond(302), secure, 'one 302 ERR_TUNNEL_CONNECTION_FAILED -111 @0'],
  ['firefox', respond(403), plain, 'one 403 @0'],
  ['firefox', respond(403), secure, 'one 403 proxyConnectFailure @0'],
  ['firefox', respond(404), secure, 'one 404 dnsNotFound @0'],
  ['firefox', respond(500), secure, 'one 500 dnsNotFound @0'],
  ['firefox', respond(502), secure, 'one 502 connectionFailure @0'],
  ['firefox', respond(503), secure, 'one 503 connectionFailure @0'],
  ['firefox', respond(504), secure, 'one 504 netTimeout @0'],
  ['firefox', respond(302), secure, 'one 302 connectionFailure @0'],
  ['firefox', respond(204), secure, 'one 204 NS_BINDING_ABORTED @0'],
  ['firefox', respond(401), secure, 'one 401 0x804b0579 @0'],
  ['firefox', respond(429), secure, 'one 429 proxyConnectFailure @0'],
  ['firefox', respond(451), secure, 'one 451 NS_ERROR_PROXY_UNAVAILABLE_FOR_LEGAL_REASON @0'],
  ['firefox', respond(511), secure, 'one 511 0x804b05e7 @0'],
  ['node', respond(502), secure, 'one 502 @0'],
  ['winhttp', respond(502), secure, 'one 502 @0'],
  ['curl', respond(502), secure, 'one 502 CURLE_RECV_ERROR 56 @0'],
  ['dotnet-framework', respond(502), plain, 'one 502 ProtocolError 7 @0'],
])('%s, first proxy %j, %s: %s', async (profile, how, url, end) => {
  expect(sayEnd(await facing(profile, how, url))).toBe(end);
});

test.each<[profile: string, name: string, words: string]>([
  ['chromium', 'drop', 'net::ERR_TIMED_OUT'],
  ['chromium', 'reject', 'net::ERR_PROXY_CONNECTION_FAILED'],
  ['chromium', 'unknown', 'net::ERR_PROXY_CONNECTION_FAILED'],
  ['firefox', 'drop', 'about:neterror?e=netTimeout'],
  ['firefox', 'reject', 'about:neterror?e=proxyConnectFailure'],
  ['firefox', 'unknown', 'about:neterror?e=proxyResolveFailure'],
  ['firefox', 'reset', 'about:neterror?e=nssFailure2'],
  ['node', 'reject', `Failed to establish a socket connection to proxies: ["${one}"]`],
  ['winhttp', 'unknown', '12007: The server name or address could not be resolved'],
  ['curl', 'unknown', 'curl: (5) Could not resolve proxy: one.corp.example'],
  [
    'curl',
    'reject',
    "curl: (7) Failed to connect to one.corp.example port 8080 after 0 ms: Couldn't connect to server",
  ],
  ['dotnet-framework', 'unknown', "The proxy name could not be resolved: 'one.corp.example'"],
  ['dotnet-framework', 'reject', 'Unable to connect to the remote server'],
])('%s with one proxy alone, %s: %s', async (profile, how, words) => {
  const cut = how === 'drop' ? [dropped('10.20.0.8:8080')] : how === 'reject' ? [rejected('10.20.0.8:8080')] : [];
  const { requests } = await play({
    profile,
    // A fixed proxy of .NET has no tail.
    client: ['curl', 'dotnet-framework'].includes(profile) ? withProxy(profile) : withScript(profile),
    hosts: scripted(one),
    records: how === 'unknown' ? { 'one.corp.example': null } : {},
    proxies: how === 'reset' ? { one: listening('reset') } : {},
    firewall: cut,
    steps: [get()],
  });
  expect(requests[0]?.error?.text).toBe(words);
});

test('every dialect says what it rests on, and names of dialects are not used twice', () => {
  for (const { basis, name } of dialects) expect(basis.length, name).toBeGreaterThan(20);
  expect(new Set(dialects.map(({ name }) => name)).size).toBe(dialects.length);
});
