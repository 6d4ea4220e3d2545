/** What the reader makes of captures, however they are written, and of files that lie. */
import { describe, expect, test } from 'vitest';

import { toPcapng } from '../../src/capture/pcapng.ts';
import { diagnose } from '../../src/diagnosis/index.ts';
import { readEvidence } from '../../src/evidence/index.ts';
import { InputError } from '../../src/failure.ts';
import { runScenario } from '../../src/run/run.ts';
import { toNdjson } from '../../src/trace/file.ts';
import { pick } from '../../src/trace/view.ts';
import { fc } from '../kit/properties.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { scenarioFrom, shippedScenarios } from '../kit/scenarios.ts';
import { ethernet, fileOf, ip, pcapOf, read, sealed, talkOf } from './kit.ts';
import type { Sent, Tcp } from './kit.ts';

const scenarios = await shippedScenarios();

function captureOf(id: string): Promise<Uint8Array> {
  const scenario = scenarios.find(({ model }) => model.id === id);
  if (!scenario) throw new Error(`no scenario ${id}`);
  return captured(scenario);
}

async function captured(scenario: Scenario): Promise<Uint8Array> {
  const { events } = await runScenario(scenario, { clock: 'virtual', bytes: true, timeout: 20_000 });
  return toPcapng({ title: scenario.model.id, events });
}

const client = '10.20.0.10:50000';
const proxy = '10.20.0.8:3129';
const began = Date.UTC(2026, 2, 2, 8);
const request = 'CONNECT tenant.msappproxy.net:443 HTTP/1.1\r\nHost: tenant.msappproxy.net\r\n\r\n';
const answer = 'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n';

const { up, down } = talkOf(client, proxy);
const opened = [up(1000, 'S'), down(9000, 'SA'), up(1001, 'A')];
const sentAs = (segments: readonly Tcp[], wrap: (packet: Buffer) => Uint8Array = ethernet): Sent[] =>
  segments.map((segment, index) => ({ at: began + index, bytes: wrap(ip(segment)) }));
const talk = [...opened, up(1001, 'A', request), down(9001, 'A', answer), up(1001 + request.length, 'FA')];

const proxyWords = async (file: Uint8Array) =>
  pick((await read(file)).events, 'proxy.request', 'proxy.response').map(({ type, frame }) => [type, frame]);
const told = [
  ['proxy.request', 4],
  ['proxy.response', 5],
];

describe('every way to write a capture gives the same events', () => {
  test.each([
    ['little-endian microseconds', {}],
    ['big-endian microseconds', { big: true }],
    ['little-endian nanoseconds', { nano: true }],
    ['big-endian nanoseconds', { big: true, nano: true }],
  ])('%s', async (_, layout) => {
    const { events, began: start } = await read(pcapOf(sentAs(talk), layout));
    expect(start).toBe(began);
    expect(pick(events, 'proxy.response').map(({ at, frame }) => [at, frame])).toEqual([[4, 5]]);
  });

  test.each<[string, number, (packet: Buffer) => Uint8Array]>([
    [
      'VLAN tags',
      1,
      (packet) => Buffer.concat([Buffer.alloc(12), Buffer.from('88a8000181000002', 'hex'), Buffer.of(8, 0), packet]),
    ],
    ['Linux cooked 1', 113, (packet) => Buffer.concat([Buffer.alloc(14), Buffer.of(8, 0), packet])],
    ['Linux cooked 2', 276, (packet) => Buffer.concat([Buffer.of(8, 0), Buffer.alloc(18), packet])],
    ['BSD loopback', 0, (packet) => Buffer.concat([Buffer.of(2, 0, 0, 0), packet])],
    ['OpenBSD loopback', 108, (packet) => Buffer.concat([Buffer.of(0, 0, 0, 2), packet])],
    ['raw IP', 101, (packet) => packet],
  ])('%s', async (_, link, wrap) => {
    expect(await proxyWords(pcapOf(sentAs(talk, wrap), { link }))).toEqual(told);
  });

  test('an unknown link type is noted, and nothing is made up of it', async () => {
    const { events, notes } = await read(pcapOf(sentAs(talk), { link: 105 }));
    expect(events.map(({ type }) => type)).toEqual(['capture.read']);
    expect(notes).toMatchObject([{ says: 'frames of link type 105, which is not read', count: 6, frame: 1 }]);
  });
});

describe('a stream of TCP is put together', () => {
  const half = Math.floor(request.length / 2);
  const parts = (...order: Tcp[]): Promise<unknown[][]> =>
    proxyWords(pcapOf(sentAs([...opened, ...order, down(9001, 'A', answer)])));
  const first = up(1001, 'A', request.slice(0, half));
  const second = up(1001 + half, 'A', request.slice(half));

  test('out of order', async () => {
    expect(await parts(second, first)).toEqual([
      ['proxy.request', 5],
      ['proxy.response', 6],
    ]);
  });
  test('with retransmissions and overlaps', async () => {
    const overlapping = up(1001 + half - 10, 'A', request.slice(half - 10));
    expect(await parts(first, first, overlapping, second)).toEqual([
      ['proxy.request', 6],
      ['proxy.response', 8],
    ]);
  });
  test('over the wrap of its numbers', async () => {
    const at = 0xffff_fff0;
    const wrapped = [
      { ...up(at - 1, 'S') },
      { ...down(9000, 'SA'), ack: at },
      { ...first, seq: at },
      { ...second, seq: (at + half) >>> 0 },
      down(9001, 'A', answer),
    ];
    expect(await proxyWords(pcapOf(sentAs(wrapped)))).toEqual(told);
  });
  test('with its beginning missing, which is noted', async () => {
    const file = pcapOf(sentAs(talk.slice(3)));
    expect(await proxyWords(file)).toEqual([
      ['proxy.request', 1],
      ['proxy.response', 2],
    ]);
    const { notes, events } = await read(file);
    expect(notes.map(({ says }) => says)).toContain('a connection that stood before the capture began');
    expect(pick(events, 'tcp.opened')).toEqual([]);
  });
  test('with packets that the sniffer cut, and bodies behind the cut', async () => {
    const body = 'x'.repeat(400);
    const page = `HTTP/1.1 502 Bad Gateway\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const whole = ethernet(ip(down(9001, 'A', page)));
    const again = [up(1001 + request.length, 'A', request), down(9001 + page.length, 'A', answer)];
    const file = pcapOf([
      ...sentAs(talk.slice(0, 4)),
      { at: began + 10, bytes: whole.subarray(0, 140), length: whole.length },
      ...sentAs(again).map((one) => ({ ...one, at: one.at + 20 })),
    ]);
    const { events, notes } = await read(file);
    expect(pick(events, 'proxy.response').map(({ data }) => data.status)).toEqual([502, 407]);
    expect(notes.map(({ says }) => says)).toContain('a packet of which the sniffer kept only a part');
  });
});

describe('bytes behind the 200 to CONNECT, in one piece with it', () => {
  const opens = 'HTTP/1.1 200 Connection established\r\n\r\n';
  const [asked, banner] = [up(1001, 'A', request), '220 mail.example ready\r\n'];
  const next = 1001 + request.length;
  const leaves = up(next, 'FA');
  const hello = { ...up(next, 'A'), payload: Buffer.of(22, 3, 1, 0, 4, 1, 0, 0, 0) };
  const early = async (...after: Tcp[]) => {
    const { events } = await read(pcapOf(sentAs([...opened, asked, ...after])));
    return [
      pick(events, 'proxy.response').map(({ data }) => data.early),
      pick(events, 'client.attempt-finished').map(({ data }) => data.failure),
      // That nobody named the port of this proxy is another story.
      diagnose(events).flatMap(({ id }) => (id === 'diag-unknown-proxy-port' ? [] : [id])),
    ];
  };

  test('are counted, and a client that leaves without a word has not liked them', async () => {
    expect(await early(down(9001, 'A', opens + banner), leaves)).toEqual([
      [banner.length],
      ['http.malformed'],
      ['proxy-connect-coalesced-bytes'],
    ]);
  });
  test('are no TLS to a client that begins TLS', async () => {
    expect(await early(down(9001, 'A', opens + banner), hello, up(next + 9, 'FA'))).toEqual([
      [banner.length],
      ['tls.protocol'],
      ['proxy-connect-coalesced-bytes'],
    ]);
  });
  test('are fine for a client that answers in the same tongue', async () => {
    const said = 'EHLO client.example\r\n';
    const ends = up(next + said.length, 'FA');
    expect(await early(down(9001, 'A', opens + banner), up(next, 'A', said), ends)).toEqual([
      [banner.length],
      [null],
      [],
    ]);
  });
  test.each(['hello', 'x'.repeat(3000)])(
    'are fine for a client that throws them away and goes on: %#',
    async (bytes) => {
      const [scenario] = await scenarioFrom(`
version: 1
id: thrown-away
name: Bytes that the client throws away
lab: { extends: office, proxies: { edge: { behaviour: { kind: connect-reply, early: ${bytes} } } } }
clients:
  fox:
    profile: firefox
    settings: { browser: { mode: manual, proxy: 'http://proxy.corp.example:8080' } }
    certificates: [connector]
steps: [{ fetch: { url: https://tenant.msappproxy.net/bootstrap, client: fox }, expect: { status: 200 } }]
expect: { events: { any: [proxy.tunnel] } }
`);
      const { events } = await read(sealed(await captured(scenario as Scenario)));
      expect(pick(events, 'proxy.response').map(({ data }) => data.early)).toEqual([Math.min(bytes.length, 1421)]);
      expect(pick(events, 'client.attempt-finished').map(({ data }) => data.failure)).toEqual([null]);
      expect(diagnose(events)).toEqual([]);
    },
  );
  test('in a segment of their own are none', async () => {
    const later = down(9001 + opens.length, 'A', banner);
    expect(await early(down(9001, 'A', opens), later, leaves)).toEqual([[undefined], [null], []]);
  });
});

test('a proxy is known by what it is asked, on any port; a SYN without answer there belongs to it', async () => {
  const silent = [0, 1000, 3000].map((after) => ({
    at: began + 5000 + after,
    bytes: ethernet(ip({ from: '10.20.0.10:50001', to: proxy, seq: 7, flags: 'S' })),
  }));
  const { events } = await read(pcapOf([...sentAs(talk), ...silent]));
  expect(pick(events, 'tcp.syn').map(({ data }) => data.retransmission)).toEqual([0, 1, 2]);
  expect(pick(events, 'client.attempt').map(({ data }) => data.route)).toEqual([`PROXY ${proxy}`, `PROXY ${proxy}`]);
  expect(pick(events, 'client.attempt-finished').map(({ data }) => data.failure)).toEqual([
    'proxy.auth',
    'tcp.timeout',
  ]);
});

test('the same packet on two interfaces is no retransmission', async () => {
  const doubled = sentAs(talk).flatMap((one) => [one, { ...one, at: one.at + 0.02 }]);
  const { events } = await read(pcapOf(doubled));
  expect(pick(events, 'tcp.syn')).toEqual([]);
  expect(pick(events, 'proxy.request')).toHaveLength(1);
});

test('TLS is opened with the keys in the file or beside it, and stays closed without', async () => {
  const file = await captureOf('base-explicit-proxy-ok');
  const paths = (events: Awaited<ReturnType<typeof read>>['events']): string[] =>
    pick(events, 'origin.request').map(({ data }) => data.target);
  expect(paths((await read(file)).events)).toEqual(['/bootstrap']);
  expect(paths((await read(sealed(file))).events)).toEqual([]);
  const text = Buffer.from(file).toString('latin1');
  const log = [...text.matchAll(/^(?:CLIENT|SERVER|EXPORTER)_\w+ [0-9a-f]{64} [0-9a-f]+$/gm)]
    .map(([line]) => line)
    .join('\n');
  const beside = await readEvidence([fileOf(sealed(file), 'a.pcapng'), fileOf(`${log}\n`, 'keys.log')]);
  expect(paths(beside.events)).toEqual(['/bootstrap']);
});

test('a trace is taken as it is', async () => {
  const { events } = await runScenario(scenarios[0] ?? Object.assign({}), {
    clock: 'virtual',
    bytes: false,
    timeout: 20_000,
  });
  expect((await read(toNdjson(events), {}, 'run.ndjson')).events).toEqual(events);
});

describe('a file that cannot be used says where', () => {
  const good = pcapOf(sentAs(talk));
  const complaint = async (content: Uint8Array | string): Promise<string> => {
    const error: unknown = await read(content, {}, 'x.pcap').catch((thrown: unknown) => thrown);
    if (!(error instanceof InputError)) throw new Error('it was read');
    return error.message;
  };
  test.each<[string, Uint8Array | string, string]>([
    ['is empty', '', "'x.pcap' is empty"],
    ['is something else', 'GIF89a, a picture', "'x.pcap' is no file that is read here"],
    [
      'ends within its header',
      good.subarray(0, 20),
      'x.pcap, offset 0: the file ends within the header of the file: 4 bytes are missing',
    ],
    [
      'ends within a frame',
      good.subarray(0, good.length - 3),
      'x.pcap, offset 556: the file ends within frame 6: 3 bytes are missing',
    ],
    [
      'says that a frame is longer than any',
      withLength(good, 0x7fff_ffff),
      'x.pcap, offset 24: frame 1 says that it has 2147483647 bytes; no packet has',
    ],
  ])('when it %s', async (_, content, message) => {
    expect(await complaint(content)).toBe(message);
  });

  test('a block of pcapng that lies about its length', async () => {
    const file = Buffer.from(await captureOf('auth-407-connect'));
    const longer = Buffer.from(file);
    longer.writeUInt32LE(file.readUInt32LE(4) + 4, 4);
    expect(await complaint(longer)).toMatch(
      /^x\.pcap, offset 0: a block says \d+ bytes at its begin and \d+ at its end$/,
    );
    const odd = Buffer.from(file);
    odd.writeUInt32LE(7, 4);
    expect(await complaint(odd)).toBe('x.pcap, offset 0: a block says that it is 7 bytes long');
  });
});

function withLength(file: Buffer, length: number): Buffer {
  const changed = Buffer.from(file);
  changed.writeUInt32LE(length, 24 + 8);
  return changed;
}

test('whatever is done to a capture, it gives findings or a mistake of the file, and ends', async () => {
  const files = await Promise.all(
    ['tls-client-cert-lost', 'pac-http-404', 'failover-first-refused', 'auth-407-connect'].map(captureOf),
  );
  const change = fc.record({
    at: fc.nat(),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }),
    kind: fc.constantFrom('set', 'cut', 'drop'),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...files),
      fc.array(change, { minLength: 1, maxLength: 12 }),
      async (file, changes) => {
        let bytes = Buffer.from(file);
        for (const { at, bytes: patch, kind } of changes) {
          const place = at % bytes.length;
          if (kind === 'set') bytes.set(patch.subarray(0, bytes.length - place), place);
          else if (kind === 'cut') bytes = bytes.subarray(0, Math.max(64, place));
          else
            bytes = Buffer.concat([
              bytes.subarray(0, place),
              bytes.subarray(Math.min(bytes.length, place + patch.length)),
            ]);
        }
        try {
          diagnose((await read(bytes)).events);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      },
    ),
    { numRuns: 300 },
  );
}, 60_000);

test('packets full of anything are no reason to fail', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 30 }), async (payloads) => {
      let seq = 1001;
      const segments = payloads.map((payload, index) => {
        const segment = { ...(index % 2 === 0 ? up(seq, 'A') : down(9001, 'A')), payload };
        if (index % 2 === 0) seq += payload.length;
        return segment;
      });
      diagnose((await read(pcapOf(sentAs([...opened, ...segments])))).events);
    }),
    { numRuns: 200 },
  );
}, 60_000);
