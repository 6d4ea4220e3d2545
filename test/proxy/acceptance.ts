/**
 * What a forward proxy and its DNS server must do and the traps on the way, each with the tests that ask it. Checked by
 * `acceptance.test.ts`. A test is `file: title`, below `test/`.
 */
export interface Item {
  what: string;
  tests: readonly string[];
  /** What of it is not asked, and why. */
  but?: string;
}

const forward = (title: string): string => `proxy/forward.test.ts: ${title}`;
const tunnel = (title: string): string => `proxy/tunnel.test.ts: ${title}`;
const inspect = (title: string): string => `proxy/inspect.test.ts: ${title}`;
const wire = (title: string): string => `proxy/wire.test.ts: ${title}`;
const limits = (title: string): string => `proxy/limits.test.ts: ${title}`;
const chain = (title: string): string => `proxy/chain.test.ts: ${title}`;
const upgrade = (title: string): string => `proxy/upgrade.test.ts: ${title}`;
const clients = (title: string): string => `proxy/clients.test.ts: ${title}`;
const curl = (title: string): string => `proxy/curl-auth.test.ts: ${title}`;
const anyByte = (title: string): string => `proxy/any-byte.test.ts: ${title}`;
const dns = (title: string): string => `dns/server.test.ts: ${title}`;
const resolver = (title: string): string => `dns/resolver.test.ts: ${title}`;
const message = (title: string): string => `dns/message.test.ts: ${title}`;

export const cases: Record<number, Item> = {
  1: { what: 'path and query pass byte for byte', tests: [forward('keeps path and query byte for byte')] },
  2: {
    what: 'Host is that of the URL',
    tests: [
      forward('Host comes from the URL; a Host that differs only by the default port is the same'),
      forward('refuses ${what} with 400 and forwards nothing'),
    ],
    but: 'a Host that names somebody else is refused with 400 instead of replaced (RFC 9112 section 3.2.2 asks a proxy to replace it): it is a shape of smuggling',
  },
  3: {
    what: 'fields of one hop, and those that Connection names, stay on it',
    tests: [
      forward('removes hop-by-hop fields and those that Connection names, on the way there'),
      forward('removes hop-by-hop fields and those that Connection names, on the way back'),
    ],
  },
  4: {
    what: 'repeated fields, order, case',
    tests: [forward('repeated fields stay repeated, in order and case, both ways')],
  },
  5: { what: 'chunks stay chunks', tests: [forward('a chunked body stays chunked, a counted one counted')] },
  6: {
    what: 'DELETE and OPTIONS with a body do not desynchronise',
    tests: [forward('the chunked body of ${method} does not become a second request')],
  },
  7: {
    what: 'framing that two readers could read differently is refused',
    tests: [
      forward('refuses ${what} with 400 and forwards nothing'),
      forward('what follows a refused request on its connection is not looked at'),
    ],
  },
  8: {
    what: 'Expect: 100-continue',
    tests: [
      forward('Expect: 100-continue is answered once, when the destination stands, and not passed on'),
      forward('Expect: 100-continue towards a dead destination gets its 502 and no 100'),
    ],
  },
  9: {
    what: '103 is relayed, 101 for Upgrade alone',
    tests: [
      forward('103 is relayed, and only to clients that know HTTP/1.1'),
      forward('an unasked 101 is a 502'),
      upgrade('plain Upgrade reaches the origin and joins both streams'),
    ],
  },
  10: {
    what: 'trailers are dropped',
    tests: [forward('trailers are dropped both ways, and announcing them does no harm')],
  },
  11: {
    what: 'two pipelined requests',
    tests: [forward('two pipelined requests get two answers in order, even when the first is the slower')],
  },
  12: {
    what: 'keep-alive survives refusals',
    tests: [forward('keep-alive survives a 407, a 403 and a 502 with a body')],
  },
  13: { what: 'clients of HTTP/1.0', tests: [forward('an HTTP/1.0 client gets a closed connection and no chunks')] },
  14: {
    what: 'half of a counted answer is an error',
    tests: [
      forward('a destination that ${what} in %s shows as RST, never as success'),
      anyByte('${what}: the origin leaves by %s after every byte'),
    ],
  },
  15: {
    what: 'half of a chunked answer is an error',
    tests: [
      forward('a destination that ${what} in %s shows as RST, never as success'),
      anyByte('${what}: the origin leaves by %s after every byte'),
    ],
  },
  16: { what: 'no answer at all is 502', tests: [forward('a destination that ${what} without an answer gives 502')] },
  17: {
    what: 'a client that leaves frees the destination',
    tests: [
      forward('a client that goes away takes its request to the destination with it'),
      forward('a client that goes away while the destination is silent takes its request with it'),
      anyByte('${what}: the client leaves by %s after every byte'),
    ],
  },
  18: {
    what: 'control bytes in a reason phrase',
    tests: [
      forward('control bytes in a reason phrase are left out and crash nothing'),
      'proxy/endings.test.ts: no byte of an origin, in reason or value, crashes the proxy',
    ],
  },
  19: {
    what: 'heads over the limit get 431, a token of 48 KB does not',
    tests: [forward('a request head over the limit gets 431, and a 48 KB token is under it')],
  },
  20: {
    what: 'origin-form and https in absolute form are 400',
    tests: [forward('refuses ${what} with 400 and forwards nothing')],
  },
  21: {
    what: 'bytes in the segment of CONNECT',
    tests: [
      tunnel('bytes that come with CONNECT arrive'),
      tunnel('a client that sends CONNECT, bytes and FIN at once gets its answer'),
    ],
  },
  22: { what: 'FIN of the client', tests: [tunnel('after the FIN of the client the answer still comes back')] },
  23: { what: 'FIN of the origin', tests: [tunnel('after the FIN of the origin the client can still send')] },
  24: {
    what: 'RST both ways',
    tests: [
      tunnel('RST of the client reaches the origin as RST, and its FIN as FIN'),
      tunnel('RST of the origin reaches the client as RST'),
      upgrade('RST and half-close travel through an upgraded connection'),
    ],
  },
  25: {
    what: 'each failure has its own status and reason, before any 200',
    tests: [
      tunnel('%s has its own status and reason, before any 200'),
      'proxy/behaviours.test.ts: deny answers ${kind} with 403 and its reason, and never dials',
      chain('an address that is prohibited is refused, by name and as it is; others are not'),
    ],
  },
  26: {
    what: 'targets of CONNECT that are none',
    tests: [tunnel('CONNECT ${target} gives 400 and no crash'), tunnel('CONNECT without any target gives 400')],
  },
  27: {
    what: 'IPv6 literals',
    tests: [
      tunnel('CONNECT takes an IPv6 literal in any spelling'),
      'proxy/socks.test.ts: SOCKS 5 takes an IPv6 address',
    ],
  },
  28: {
    what: 'a slow reader bounds its origin',
    tests: [tunnel('a reader that stops bounds what the origin can send, and loses nothing')],
  },
  29: {
    what: '20 legs of 407 on one connection',
    tests: [tunnel('20 legs of 407 run on one connection, without listeners piling up')],
  },
  30: {
    what: 'idle tunnels end, busy ones do not',
    tests: [limits('idle-timeout closes a tunnel after so long without a byte in either direction')],
  },
  31: { what: 'an age at which tunnels end', tests: [limits('max-lifetime ends a busy tunnel by %s')] },
  32: {
    what: 'stopping with open tunnels',
    tests: [tunnel('stopping with open tunnels takes no time, ends both sides and frees the address')],
  },
  33: { what: 'Basic', tests: ['proxy/challenge.test.ts: Basic with %s'] },
  34: {
    what: 'Digest',
    tests: [
      'proxy/digest.test.ts: Digest with %s lets the right password pass, on the connection of the 407, plain and for CONNECT',
      'proxy/digest.test.ts: Digest with %s is refused',
      'proxy/digest.test.ts: a count is taken once: the same response again is refused, the next count passes',
      'proxy/digest.test.ts: a nonce is stale after its life, and one that never was is stale at once; the fresh one passes',
      'proxy/digest.test.ts: auth-int covers the body %s, with a length and in chunks',
    ],
  },
  35: {
    what: 'NTLM is bound to its connection',
    tests: [
      'proxy/ntlm.test.ts: NTLM takes three legs on one connection of %s',
      'proxy/ntlm.test.ts: the third message on a new connection is refused',
    ],
  },
  36: {
    what: 'Negotiate by its shape; which scheme is taken of several',
    tests: [
      'proxy/ntlm.test.ts: NTLM under the name of Negotiate is checked; a ticket passes by its shape only when told to',
      'client/auth.test.ts: curl with any scheme takes the best that is offered, and none after it',
      curl('curl %s passes %o with the right password, plain and in a tunnel'),
    ],
    but: 'there is no KDC, so no ticket is checked by a keytab',
  },
  37: {
    what: 'real clients complete the schemes they know',
    tests: [
      curl('curl %s passes %o with the right password, plain and in a tunnel'),
      clients('undici passes a healthy proxy, and stops at 407 unless it has credentials'),
      clients('the agents for http and https pass a healthy proxy, and stop at 407 unless they have credentials'),
      clients('urllib of Python passes, and stops at 407 unless it has credentials'),
    ],
    but: '.NET Framework runs on Windows only; browsers ask their user for a password',
  },
  38: {
    what: 'OpenSSL takes the certificates under its strict rules',
    tests: ['net/certificates.test.ts: OpenSSL accepts root, intermediate and leaf under its strict rules'],
  },
  39: {
    what: 'a target that is an address',
    tests: [inspect('a target that is an address gets a substitute for that address, asked for without a server name')],
  },
  40: {
    what: 'HTTP/2 and HTTP/1.1 inside the interception',
    tests: [
      'proxy/multiplexed.test.ts: HTTP/2 and HTTP/1.1 are both negotiated inside, and HTTP/1.1 alone unless told so',
      'proxy/multiplexed.test.ts: curl speaks HTTP/2 to an inspector that offers it, and HTTP/1.1 to one that does not',
    ],
  },
  41: {
    what: "the client's certificate is lost: under TLS 1.2, under TLS 1.3, and told in HTTP",
    tests: [
      "proxy/inspect.test.ts: the client's certificate is lost: an origin that asks for one sees none",
      inspect('an origin that requires a certificate ends %s with an alert, a 502 inside'),
      inspect('an origin that tells of the missing certificate in HTTP alone is heard, with its own status'),
    ],
  },
  42: {
    what: 'origins with bad certificates',
    tests: [inspect('an origin whose certificate is %s is a 502 inside')],
  },
  43: {
    what: 'delay, throttle and truncate are exact',
    tests: [
      wire('throttle lets 1 MB take as long as its rate says, plain and in a tunnel, and not a healthy one'),
      wire('latency delays what passes, without making it slower, and FIN comes after the bytes'),
      wire('truncate by %s gives a client part of the body and an end'),
    ],
  },
  44: {
    what: 'a fault that is taken away corrupts nothing',
    tests: [wire('a fault that is taken away in the middle leaves what is under way as it is, whole and in order')],
  },
  45: {
    what: 'never is never, and always is always',
    tests: [
      'proxy/behaviours.test.ts: a rule whose moment never comes has no effect, and one without a schedule has it always',
    ],
    but: 'behaviours have a schedule and no probability: two runs must be the same',
  },
};

export const names: Record<string, Item> = {
  'UDP and TCP': {
    what: 'answers over UDP and over TCP',
    tests: [
      dns('answers over UDP with the flags of a recursive server that owns the name'),
      dns('answers several questions on one TCP connection, in pieces or at once'),
    ],
  },
  'TC, then TCP': {
    what: 'a cut answer leads to TCP',
    tests: [resolver('TC leads to TCP, and a server that is silent there to the next try')],
  },
  'NXDOMAIN with SOA': {
    what: 'a name that is not there',
    tests: [dns('NXDOMAIN carries the SOA; OPT is answered with OPT')],
  },
  'wrong id': {
    what: 'answers that nobody asked for are not believed',
    tests: [
      resolver('%s becomes %s'),
      resolver('an answer from another address, or to another question, is not believed'),
    ],
  },
  'short packets': {
    what: 'FORMERR for what is no message',
    tests: [dns('a packet too short to be a message gets FORMERR when its id is known, and silence when not')],
  },
  'QR=1': { what: 'an answer is no question', tests: [dns('an answer is never answered, whole or broken')] },
  views: { what: 'answers by client', tests: [dns('clients may be told different things, by name and by address')] },
  'TTL 0 and 2^31': {
    what: 'the ends of TTL',
    tests: [
      dns('TTL 0 and 2^31-1 arrive as they are'),
      message('a TTL of 2^31 and more counts as 0 (RFC 2181 section 8)'),
      resolver('TTL 0 is not remembered, and the longest TTL is cut to a day on Windows'),
    ],
  },
  '0x20': { what: 'the case of the question', tests: [message('the case of a name is kept (0x20)')] },
  'TXT over 255': {
    what: 'long texts',
    tests: [message('a text over 255 bytes becomes several strings, and no character is cut')],
  },
  'close()': {
    what: 'stopping with an idle TCP client',
    tests: [dns('closes at once with an idle TCP client, and frees its address')],
  },
};

export const traps: Record<number, Item> = {
  1: { what: 'targets that throw', tests: [tunnel('CONNECT ${target} gives 400 and no crash')] },
  2: {
    what: 'bytes that come with the head',
    tests: [
      tunnel('bytes that come with CONNECT arrive'),
      upgrade('plain Upgrade reaches the origin and joins both streams'),
      'proxy/socks.test.ts: bytes that come with the request reach the destination, byte by byte or all at once',
    ],
  },
  3: { what: '200 before the destination stands', tests: [tunnel('%s has its own status and reason, before any 200')] },
  4: {
    what: 'half-open connections',
    tests: [
      tunnel('after the FIN of the client the answer still comes back'),
      tunnel('FIN from both sides leaves nothing open and writes no RST'),
    ],
  },
  5: {
    what: 'RST that becomes FIN; RST on TLS throws',
    tests: [
      tunnel('RST of the client reaches the origin as RST, and its FIN as FIN'),
      inspect('an origin that breaks off inside shows as a broken connection, never as success'),
      'net/tls.test.ts: reset sends RST on the connection below; destroying the stream destroys the connection',
    ],
  },
  6: {
    what: 'errors before anybody listens',
    tests: [
      tunnel('a client that leaves while the proxy dials costs nothing'),
      upgrade('a client that resets before the answer crashes nothing and frees the destination'),
      anyByte('${what}: the client leaves by %s after every byte'),
    ],
  },
  7: {
    what: 'stopping forgets tunnels',
    tests: [tunnel('stopping with open tunnels takes no time, ends both sides and frees the address')],
  },
  8: {
    what: '407 on CONNECT costs the connection',
    tests: [
      tunnel('20 legs of 407 run on one connection, without listeners piling up'),
      'proxy/ntlm.test.ts: NTLM takes three legs on one connection of %s',
    ],
  },
  9: {
    what: '16 KB of head',
    tests: [
      forward('a request head over the limit gets 431, and a 48 KB token is under it'),
      limits('header-limit refuses a large head and takes the largest that fits'),
    ],
  },
  10: {
    what: 'several addresses',
    tests: [
      tunnel('tries the next address of a name when one is silent'),
      tunnel('a port nobody listens on at any address of a name is one failure, the last'),
    ],
  },
  11: {
    what: 'a resolver that blocks',
    tests: [
      tunnel('a destination that stays silent holds up nobody else'),
      "proxy/acceptance.test.ts: nobody asks the machine's resolver",
    ],
  },
  12: {
    what: 'the set of hop-by-hop fields',
    tests: [forward('removes hop-by-hop fields and those that Connection names, on the way there')],
  },
  13: {
    what: 'Host',
    tests: [forward('Host comes from the URL; a Host that differs only by the default port is the same')],
  },
  14: {
    what: 'merged fields',
    tests: [forward('repeated fields stay repeated, in order and case, both ways')],
  },
  15: { what: 'paths that are built anew', tests: [forward('keeps path and query byte for byte')] },
  16: { what: 'Trailer', tests: [forward('trailers are dropped both ways, and announcing them does no harm')] },
  17: {
    what: 'Expect',
    tests: [forward('Expect: 100-continue is answered once, when the destination stands, and not passed on')],
  },
  18: {
    what: 'half an answer that looks whole',
    tests: [
      forward('a destination that ${what} in %s shows as RST, never as success'),
      forward('an HTTP/1.0 client of a destination that breaks off is reset too, since FIN would mean success'),
      'proxy/multiplexed.test.ts: a destination that breaks off in a %s body ends one stream with an error, and not the others',
    ],
  },
  19: {
    what: 'clients that leave unheard',
    tests: [
      forward('a client that goes away takes its request to the destination with it'),
      forward('a client that goes away while the destination is silent takes its request with it'),
    ],
  },
  20: {
    what: 'reason phrases',
    tests: [forward('control bytes in a reason phrase are left out and crash nothing')],
  },
  21: {
    what: 'backpressure, also behind a stage',
    tests: [
      tunnel('a reader that stops bounds what the origin can send, and loses nothing'),
      wire('throttle lets 1 MB take as long as its rate says, plain and in a tunnel, and not a healthy one'),
    ],
  },
  22: {
    what: 'tunnels that go back to the pool',
    tests: [chain('a connection to the next proxy that became a tunnel never serves another request')],
  },
  23: {
    what: 'timers of node:http',
    tests: ['proxy/acceptance.test.ts: node:http runs no timer for a client that takes its time'],
  },
  24: {
    what: 'the alert for a missing certificate comes late, and its code differs',
    tests: [
      'net/tls.test.ts: without a client certificate the handshake fails under TLS 1.2',
      'net/tls.test.ts: without a client certificate the alert comes after the handshake under TLS 1.3',
      inspect('an origin that requires a certificate ends %s with an alert, a 502 inside'),
    ],
  },
  25: {
    what: 'silence before the handshake cannot be had from a loopback socket',
    tests: [
      'net/loopback.test.ts: a firewall that drops costs 21 s of lab time and hardly any of ours',
      tunnel('waits for a silent destination as Linux does, one minute'),
    ],
    but: 'it is simulated, and its events say so',
  },
};
