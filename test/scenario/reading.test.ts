import { expect, test } from 'vitest';

import { readReferenced } from '../../src/scenario/reading.ts';
import type { FileSource, Found } from '../../src/scenario/reading.ts';

const missing = (): never => {
  throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
};

/** Files by path; a value that begins with `->` is a symbolic link. */
const fakeFiles = (files: Record<string, string>): FileSource => ({
  read: async (path) => Buffer.from(files[path] ?? missing()),
  real: async (path) => (files[path]?.startsWith('->') ? files[path].slice(2) : path),
  names: async (folder) =>
    Object.keys(files).flatMap((path) => (path.startsWith(`${folder}/`) ? [path.slice(folder.length + 1)] : [])),
});

const disk = fakeFiles({
  '/all/stories/corp.pac': 'function FindProxyForURL() {}',
  '/all/stories/deep/x.pac': 'x',
  '/all/stories/link.pac': '->/etc/passwd',
  '/all/shared/y.pac': 'y',
  '/all/stories/large.pac': 'x'.repeat(41),
  '/z.pac': 'z',
});

const read = (reference: string, root?: string): Promise<Found> =>
  readReferenced(disk, '/all/stories/story.yaml', reference, { largest: 40, ...(root ? { root } : {}) });

test('a file is read relative to the scenario', async () => {
  const got = await read('./corp.pac');
  expect(got.ok && Buffer.from(got.bytes).toString()).toBe('function FindProxyForURL() {}');
  expect(await read('deep/x.pac')).toMatchObject({ ok: true });
  expect(await read('../shared/y.pac')).toMatchObject({ ok: true });
});

test('a missing file is named, with the one that was meant', async () => {
  expect(await read('./crop.pac')).toEqual({
    ok: false,
    message: "'./crop.pac' does not exist",
    hint: "did you mean 'corp.pac'?",
  });
});

const complaint = async (reference: string, root?: string): Promise<string> => {
  const got = await read(reference, root);
  return got.ok ? 'no problem' : got.message;
};

test('a reference never leaves its root, by name or by link', async () => {
  expect(await complaint('../../z.pac')).toBe("'../../z.pac' lies outside of /all");
  expect(await complaint('../../z.pac', '/')).toBe('no problem');
  expect(await complaint('../shared/y.pac', '/all/stories')).toBe("'../shared/y.pac' lies outside of /all/stories");
  expect(await complaint('/etc/passwd')).toBe("'/etc/passwd' must be relative to the scenario file");
  expect(await complaint('link.pac')).toBe("'link.pac' is a link that leads outside of /all");
  expect(await complaint('http://wpad/wpad.dat')).toBe("'http://wpad/wpad.dat' is a URL; a file is needed here");
});

test('a file that is too large is refused', async () => {
  expect(await complaint('large.pac')).toBe("'large.pac' has 41 bytes; at most 40 are read");
});
