/** Every command of docs/reproduce.md, as it stands there, with the files of one bundle. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { disk } from '../../src/cli/disk.ts';
import { typed } from '../kit/typed.ts';
import { bundles } from './bundles.ts';

const page = await readFile(join(import.meta.dirname, '..', '..', 'docs', 'reproduce.md'), 'utf8');
const commands = [...page.matchAll(/```sh\n([\s\S]*?)```/g)]
  .flatMap(([, block = '']) => block.trim().split('\n'))
  .map((line) => line.replace(/^paclab /, ''));

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'walk-'));
  const bundle = (await bundles()).find(({ name }) => name === 'explicit-407');
  for (const [name, bytes] of Object.entries(bundle?.files ?? {})) await writeFile(join(folder, name), bytes);
});
afterAll(() => rm(folder, { recursive: true }));

/** Types a line in the folder of the mail, or another. */
const typedIn = (line: string, at = folder) =>
  typed(...line.split(' ').map((word) => (/\.\w+$/.test(word) ? join(at, word) : word)));

test('there are commands in the page', () => expect(commands.length).toBeGreaterThan(5));

test.each(commands)('paclab %s does what the page says', async (line) => {
  const { code, out, err } = await typedIn(line);
  expect([code, line, code === 0 ? '' : err]).toEqual([0, line, '']);
  if (line.startsWith('import')) expect(out).toContain('That is what the files show.');
  if (/^(?:diagnose|run|explain)/.test(line)) expect(out).toContain('auth-407-connect');
  if (line.startsWith('shrink')) expect(err).toMatch(/→ \d+ lines .* still auth-407-connect/);
});

const hostile: Record<string, [content: string | Uint8Array, message: RegExp]> = {
  'bomb.har.gz': [Buffer.from('1f8b0800000000000003', 'hex'), /is packed \(gzip\)/],
  'bundle.zip': [Buffer.from('504b0304', 'hex'), /is packed \(zip\)/],
  'entities.exe.config': [
    '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><configuration><system.net/></configuration>',
    /entities are never followed/,
  ],
  'deep.exe.config': [
    `<configuration>${'<a>\n'.repeat(20_000)}${'</a>\n'.repeat(20_000)}</configuration>`,
    /nested too deeply/,
  ],
  'empty.reg': ['', /is empty/],
  'noise.bin': [Uint8Array.from({ length: 4096 }, (_, index) => 128 + (index % 128)), /no file that is known/],
  'cut.pcap': [Buffer.from('d4c3b2a1020004000000000000000000ffff00000100000001010101', 'hex'), /the file ends within/],
  'cut.reg': [
    'Windows Registry Editor Version 5.00\n\n[HKEY_CURRENT_USER\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings\\Connections]\n"DefaultConnectionSettings"=hex:46,00,00,00,05,00,00,00,09,00,00,00,ff,ff,ff,7f\n',
    /cut off/,
  ],
  'bad.har': ['{"log":{"entries":[{"request":', /not whole JSON/],
};

test.each(Object.keys(hostile))(
  '%s is refused with its reason and exit code 2, and nothing is written',
  async (name) => {
    const [content, message] = hostile[name] ?? ['', /./];
    const own = await mkdtemp(join(tmpdir(), 'hostile-'));
    try {
      await writeFile(join(own, name), content);
      const { code, out, err } = await typedIn(`import ${name} -o repro.yaml`, own);
      expect([code, out]).toEqual([2, '']);
      expect(err).toMatch(message);
      expect(await disk.names(own)).toEqual([name]);
    } finally {
      await rm(own, { recursive: true });
    }
  },
);
