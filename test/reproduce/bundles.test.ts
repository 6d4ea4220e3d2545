/** Five mails of customers: each becomes a scenario that runs and shows what the files show, and no secret gets out. */
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test, vi } from 'vitest';

import { importSent, shrinkScenario } from '../../src/reproduce/index.ts';
import type { Import } from '../../src/reproduce/index.ts';
import type { Found } from '../../src/scenario/reading.ts';
import { bundles } from './bundles.ts';
import type { Bundle } from './bundles.ts';

vi.setConfig({ testTimeout: 120_000 });

const all = await bundles();
const importOf = ({ files }: Bundle, redact = true): Promise<Import> =>
  importSent(
    Object.entries(files).map(([name, bytes]) => ({ name, open: () => once(bytes) })),
    { redact },
  );

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

/** Every way in which a secret may be written. */
function spellings(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const wide = Buffer.from(secret, 'utf16le');
  const base64 = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '')
      .slice(shift === 0 ? 0 : shift + 1, -1),
  );
  const hex = [bytes.toString('hex'), [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(',')];
  return [
    secret,
    encodeURIComponent(secret),
    Array.from(secret).toReversed().join(''),
    wide.toString('latin1'),
    ...hex,
    ...base64,
  ]
    .filter((each) => each.length > 3)
    .map((each) => each.toLowerCase());
}

const swapped = (text: string): string => text.toLowerCase();

test.each(all)('$name: the scenario shows what the files show, and its conflicts are named', async (bundle) => {
  const made = await importOf(bundle);
  expect(made.symptom).toMatchObject({ same: true, differences: [] });
  // Whatever the files show and the run does not name is said to stand behind what it names.
  const named = new Set(made.found.map(({ id }) => id));
  const behind = made.shown.filter(({ id }) => !named.has(id));
  expect(made.symptom.behind.map((says) => says.split(' ')[0])).toEqual(behind.map(({ id }) => id));
  for (const { id } of behind) expect(made.scenario).toContain(`${id} is what the files show`);
  const told = [...made.shown, ...made.found].map(({ id }) => id);
  for (const id of bundle.diagnosis) expect(told).toContain(id);
  for (const word of bundle.conflicts) expect(made.conflicts.map(({ says }) => says).join('\n')).toMatch(word);
  expect(made.assumptions.length).toBeGreaterThan(0);
  expect(made.scenario).toMatch(/# \S.*(?:frame \d+|:\d+)/);
});

test.each(all)('$name: no secret is in anything that is written, in any encoding', async (bundle) => {
  const made = await importOf(bundle);
  const { map: _, copies, ...rest } = made;
  const written = [
    ...copies.map(({ bytes }) => Buffer.from(bytes)),
    Buffer.from(JSON.stringify(rest)),
    Buffer.from(made.scenario),
  ];
  const texts = written.flatMap((bytes) => [
    bytes.toString('utf8'),
    bytes.toString('latin1'),
    bytes.toString('utf16le'),
  ]);
  const leaks = bundle.secrets.filter((secret) =>
    spellings(secret).some((each) => texts.some((text) => swapped(text).includes(each))),
  );
  expect(leaks).toEqual([]);
});

test.each(all)('$name: without redaction the names are there, so the hunt can find some', async (bundle) => {
  const made = await importOf(bundle, false);
  const text = made.scenario.toLowerCase();
  expect(bundle.secrets.some((secret) => text.includes(secret.toLowerCase()))).toBe(true);
  expect(made.map).toBeNull();
  expect(made.shown.map(({ id }) => id)).toEqual((await importOf(bundle)).shown.map(({ id }) => id));
});

test.each(all)('$name: shrinks to a smaller scenario with the same diagnosis, the same each time', async (bundle) => {
  const { scenario, copies, found } = await importOf(bundle);
  const read = (_: string, reference: string): Promise<Found> => {
    const copy = copies.find(({ path }) => path === reference);
    return Promise.resolve(copy ? { ok: true, bytes: copy.bytes } : { ok: false, message: 'is not there' });
  };
  const small = await shrinkScenario(scenario, 'repro.yaml', { read });
  expect(small.diagnosis).toEqual([...new Set(found.map(({ id }) => id))].toSorted());
  expect(small.after.bytes).toBeLessThan(small.before.bytes);
  expect(small.scenario).toMatch(/# \S/);
  const again = await shrinkScenario(small.scenario, 'repro.yaml', { read });
  expect(again.scenario).toBe(small.scenario);
});

test('the same files give the same scenario', async () => {
  const [first] = all;
  if (!first) throw new Error('no bundle');
  expect((await importOf(first)).scenario).toBe((await importOf(first)).scenario);
});

test('the command writes scenario, files and map; the map is for its owner alone, and the scenario runs', async () => {
  const { disk } = await import('../../src/cli/disk.ts');
  const { runScenarios } = await import('../../src/library/index.ts');
  const [first] = all;
  if (!first) throw new Error('no bundle');
  const folder = await mkdtemp(join(tmpdir(), 'repro-'));
  try {
    const made = await importOf(first);
    for (const { path, bytes } of made.copies) {
      const file = disk.create(join(folder, path));
      file.write(bytes);
      file.close();
    }
    const map = disk.create(join(folder, 'repro.map.json'), 0o600);
    map.write(JSON.stringify(made.map));
    map.close();
    const file = disk.create(join(folder, 'repro.yaml'));
    file.write(made.scenario);
    file.close();
    const { stat } = await import('node:fs/promises');
    expect((await stat(join(folder, 'repro.map.json'))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(folder, 'repro.map.json'), 'utf8')).toContain('kranichwerke');
    expect((await readdir(folder)).toSorted()).toEqual(['repro.files', 'repro.map.json', 'repro.yaml']);
    const { summary } = await runScenarios(join(folder, 'repro.yaml'));
    expect(summary).toMatchObject({ passed: 1, failed: 0, broken: 0 });
  } finally {
    await rm(folder, { recursive: true });
  }
});
