/** Files that lie, that are broken, huge or nested: an exact message and exit code 2, or a result; never anything else. */
import { lstat, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { diagnose } from '../../src/diagnosis/index.ts';
import { readEvidence } from '../../src/evidence/index.ts';
import { InputError } from '../../src/failure.ts';
import { Redactor } from '../../src/redact/index.ts';
import { gather } from '../../src/reproduce/gather.ts';
import { importSent } from '../../src/reproduce/index.ts';
import { pick } from '../../src/trace/view.ts';
import { fc } from '../kit/properties.ts';
import { typed } from '../kit/typed.ts';
import { ip, pcapOf } from '../evidence/kit.ts';
import { bundles } from './bundles.ts';

vi.setConfig({ testTimeout: 120_000 });

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hostile-'));
});
afterEach(() => rm(folder, { recursive: true }));

const at = (name: string): string => join(folder, name);
const script = (proxy = 'proxy.corp.example:8080'): string =>
  `function FindProxyForURL(url, host) {\n  return "PROXY ${proxy}";\n}\n`;
const har = (url: string): string =>
  JSON.stringify({
    log: {
      entries: [
        {
          request: { method: 'GET', url, headers: [] },
          response: { status: 407, headers: [{ name: 'Proxy-Authenticate', value: 'NTLM' }] },
        },
      ],
    },
  });
const config = (inner: string): string =>
  `<configuration><system.net><defaultProxy>${inner}</defaultProxy></system.net></configuration>`;
const nested = (depth: number, open: string, close: string): string => open.repeat(depth) + close.repeat(depth);

const refused: Record<string, [content: Uint8Array | string, message: RegExp]> = {
  'deep.har': [`{"log":{"entries":${nested(100_000, '[', ']')}}`, /not whole JSON/],
  'deep.exe.config': [config(nested(100_000, '<a>\n', '</a>\n')), /nested too deeply/],
  'open.exe.config': [`<configuration>${'<a>\n'.repeat(100_000)}`, /<a> is never closed/],
  'laughs.exe.config': [
    `<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]>${config('&b;')}`,
    /entities are never followed/,
  ],
  'line.reg': [
    `Windows Registry Editor Version 5.00\n\n[HKEY_CURRENT_USER]\n"A"="${'x'.repeat(70_000)}"\n`,
    /a line of more than 64 000 characters, line 4/,
  ],
  'many.reg': [`Windows Registry Editor Version 5.00\n${'!\n'.repeat(100_000)}`, /many\.reg:2:1/],
  'huge.dat': [`${script()}${'// x\n'.repeat(4_000_000)}`, /more than 16 MB/],
  'packed.pcap.gz': [gzipSync(Buffer.alloc(1_000_000)), /is packed \(gzip\), and nothing is unpacked/],
  'cut.pcapng': [Buffer.from('0a0d0d0a1c0000004d3c2b1a01000000ffffffffffffffff1c00', 'hex'), /the file ends within/],
  'trailer.pcapng': [
    Buffer.from('0a0d0d0a1c0000004d3c2b1a01000000ffffffffffffffff1d000000', 'hex'),
    /28 bytes at its begin and 29/,
  ],
};

test.each(Object.keys(refused))('import and diagnose refuse %s with its reason, and write nothing', async (name) => {
  const [content, message] = refused[name] ?? ['', /./];
  await writeFile(at(name), content);
  const made = await typed('import', at(name), '-o', at('repro.yaml'));
  expect([made.code, made.out]).toEqual([2, '']);
  expect(made.err).toMatch(message);
  expect(made.err.length).toBeLessThan(20_000);
  const told = await typed('diagnose', at(name));
  expect([told.code, told.out]).toEqual([2, '']);
  expect(await readdir(folder)).toEqual([name]);
});

describe('names', () => {
  test('a file may be called what it likes: copies have names of ours', async () => {
    const open = (content: string) =>
      async function* pieces() {
        yield await Promise.resolve(Buffer.from(content));
      };
    const made = await importSent(
      [
        { name: '../../../../etc/cron.d/wpad.dat', open: open(script()) },
        { name: 'C:\\Windows\\..\\..\\machine.config', open: open(config('<proxy proxyaddress="http://p:1"/>')) },
        { name: '/etc/passwd\0.har', open: open(har('http://a.example/x')) },
        {
          name: '\u001b[2J\u202Eevil.reg',
          open: open('Windows Registry Editor Version 5.00\n\n[HKEY_CURRENT_USER]\n'),
        },
      ],
      { redact: false },
    );
    for (const { path } of made.copies) expect(path).toMatch(/^repro\.files\/(?:Framework64\/)?[a-z]+\.[a-z]+$/);
    const texts = JSON.stringify(made.files) + made.scenario;
    // eslint-disable-next-line no-control-regex
    expect(texts).not.toMatch(/[\u0000\u001b\u202e]/);
    expect(texts).not.toMatch(/\.\.[/\\]/);
  });
  test('addresses of scripts that name files are not opened', async () => {
    await writeFile(at('secret.pac'), '// TOP SECRET\nfunction FindProxyForURL() { return "PROXY secret:1"; }');
    await writeFile(at('a.exe.config'), config(`<proxy scriptLocation="file://${at('secret.pac')}" />`));
    const { code } = await typed('import', at('a.exe.config'), '-o', at('repro.yaml'), '--no-redact');
    expect(code).toBe(0);
    expect(await readFile(at('repro.yaml'), 'utf8')).not.toContain('PROXY secret');
    expect(await readdir(at('repro.files'))).toEqual(['ApplicationProxyConnectorService.exe.config']);
  });
  test.each(['repro', 'Repro.yaml', '.yaml', 'a\0b.yaml', '..', 'x/..yaml', 'repro.yaml/'])(
    'no scenario can be called %j',
    async (name) => {
      await writeFile(at('wpad.dat'), script());
      const { code, err } = await typed('import', at('wpad.dat'), '-o', `${folder}/${name}`);
      expect(code).toBe(2);
      expect(err).toContain('-o takes a file such as repro.yaml');
      expect(await readdir(folder)).toEqual(['wpad.dat']);
    },
  );
  test('folders, and what is not there, are said to be', async () => {
    await mkdir(at('bundle'));
    for (const command of ['import', 'diagnose']) {
      expect((await typed(command, at('bundle'))).err).toContain('is a folder; name the files in it');
      expect(await typed(command, at('nothing'))).toMatchObject({ code: 2, out: '' });
    }
  });
  test('nothing is written through a link that lies about', async () => {
    await writeFile(at('wpad.dat'), script());
    await symlink(at('elsewhere.txt'), at('repro.yaml'));
    const { code } = await typed('import', at('wpad.dat'), '-o', at('repro.yaml'));
    expect(code).not.toBe(0);
    expect((await lstat(at('repro.yaml'))).isSymbolicLink()).toBe(true);
    expect(await readdir(folder)).not.toContain('elsewhere.txt');
  });
  test('hosts may be called as parts of our language are', async () => {
    const made = await importSent(
      ['http://__proto__/x', 'http://constructor/', 'https://toString/'].map((url, index) => ({
        name: `${index}.har`,
        async *open() {
          yield await Promise.resolve(Buffer.from(har(url)));
        },
      })),
      { redact: false },
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as Record<string, unknown>)['http']).toBeUndefined();
    expect(made.scenario).toContain('__proto__');
  });
});

/** A script behind a content coding, as it passes on the wire. */
function served(coding: string, body: Uint8Array): Buffer {
  const head = `HTTP/1.1 200 OK\r\nContent-Type: application/x-ns-proxy-autoconfig\r\nContent-Encoding: ${coding}\r\nContent-Length: ${body.length}\r\n\r\n`;
  const answer = Buffer.concat([Buffer.from(head), body]);
  const ask = 'GET /wpad.dat HTTP/1.1\r\nHost: wpad.corp.example\r\n\r\n';
  const [client, server] = ['10.20.0.10:50000', '10.20.0.5:80'];
  const packets = [
    ip({ from: client, to: server, seq: 1, flags: 'S' }),
    ip({ from: server, to: client, seq: 1, ack: 2, flags: 'SA' }),
    ip({ from: client, to: server, seq: 2, ack: 2, flags: 'A', payload: ask }),
  ];
  for (let from = 0; from < answer.length; from += 60_000)
    packets.push(
      ip({
        from: server,
        to: client,
        seq: 2 + from,
        ack: 2 + ask.length,
        flags: 'A',
        payload: answer.subarray(from, from + 60_000),
      }),
    );
  packets.push(ip({ from: server, to: client, seq: 2 + answer.length, ack: 2 + ask.length, flags: 'FA' }));
  return pcapOf(
    packets.map((bytes, index) => ({ at: 1_772_438_400_000 + index, bytes })),
    { link: 101 },
  );
}

test.each<[string, (bytes: Uint8Array) => Uint8Array]>([
  ['gzip', (bytes) => gzipSync(bytes)],
  ['br', (bytes) => brotliCompressSync(bytes)],
])('a script that would become 200 MB when it is unpacked (%s) is not unpacked', async (coding, pack) => {
  const before = process.memoryUsage().rss;
  const bomb = served(coding, pack(Buffer.alloc(200_000_000, ' ')));
  const small = served(coding, pack(Buffer.from(script())));
  const loaded = async (file: Buffer) =>
    pick((await readEvidence([{ name: 'x.pcap', open: () => once(file) }])).events, 'pac.loaded').length;
  expect(await loaded(small)).toBe(1);
  expect(await loaded(bomb)).toBe(0);
  // The body that was packed for this test is in it too.
  expect(process.memoryUsage().rss - before).toBeLessThan(500_000_000);
});

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

/** Reads and redacts as import does; whatever is wrong is a mistake of the file. */
async function swallow(name: string, content: Uint8Array): Promise<void> {
  const file = { name, open: () => once(content) };
  try {
    const { events } = await gather([file], { redactor: new Redactor() });
    if (events) diagnose(events);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(error.message).toMatch(/\S/);
  }
}

const net = JSON.stringify({ constants: { logEventTypes: { A: 1 } }, events: [{ type: 1, params: {} }] });
const samples = async (): Promise<[string, Uint8Array][]> => [
  ...(await bundles()).flatMap(({ files }) => Object.entries(files)),
  ['a.har', Buffer.from(har('https://a.example/'))],
  ['net.json', Buffer.from(net)],
  [
    'a.csv',
    Buffer.from('timestamp,client,method,url,status\n2026-03-02T08:00:00Z,10.4.7.1,CONNECT,a.example:443,403\n'),
  ],
  [
    'w3c.log',
    Buffer.from(
      '#Fields: date time c-ip cs-method cs-host sc-status\n2026-03-02 08:00:00 10.4.7.1 CONNECT a.example 502\n',
    ),
  ],
  ['b.log', Buffer.from('10.4.7.1 - - [02/Mar/2026:09:00:12 +0100] "CONNECT t:443 HTTP/1.1" 407 41 "-" "x"\n')],
  ['ps.txt', Buffer.from('Name  Value\n----  -----\nHTTPS_PROXY  http://p:1\n')],
];

test('small files that end at any byte, or have any bit turned, are mistakes of the file or results', async () => {
  for (const [name, content] of await samples()) {
    const step = Math.max(1, Math.floor(content.length / 60));
    for (let length = 0; length < content.length; length += step) await swallow(name, content.subarray(0, length));
  }
});

test('whatever is turned, cut out, doubled or put in from another file', async () => {
  const all = await samples();
  const change = fc.record({
    kind: fc.constantFrom('bit', 'set', 'drop', 'double', 'splice'),
    at: fc.nat(),
    length: fc.integer({ min: 1, max: 400 }),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 12 }),
    other: fc.nat(),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...all),
      fc.array(change, { minLength: 1, maxLength: 8 }),
      async ([name, file], changes) => {
        let bytes = Buffer.from(file);
        for (const { kind, at: place, length, bytes: patch, other } of changes) {
          if (bytes.length === 0) break;
          const from = place % bytes.length;
          const part = bytes.subarray(from, from + length);
          if (kind === 'bit') bytes[from] = (bytes[from] ?? 0) ^ (1 << (length % 8));
          else if (kind === 'set') bytes.set(patch.subarray(0, bytes.length - from), from);
          else {
            const [, foreign] = all[other % all.length] as [string, Uint8Array];
            const inserted =
              kind === 'drop'
                ? []
                : kind === 'double'
                  ? [part, part]
                  : [foreign.subarray(other % foreign.length, (other % foreign.length) + length)];
            bytes = Buffer.concat([bytes.subarray(0, from), ...inserted, bytes.subarray(from + part.length)]);
          }
        }
        await swallow(name, bytes);
      },
    ),
    { numRuns: 300 },
  );
});
