import { expect, test } from 'vitest';
import { z } from 'zod';

import type { FileSource, Referenced } from '../../src/scenario/files.ts';
import { readReferenced } from '../../src/scenario/files.ts';
import { readScenarioFile } from '../../src/scenario/read.ts';

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
  '/stories/corp.pac': 'function FindProxyForURL() {}',
  '/stories/deep/x.pac': 'x',
  '/stories/link.pac': '->/etc/passwd',
  '/shared/y.pac': 'y',
});

const [row] = readScenarioFile('pac: ./corp.pac\n', 'story.yaml', z.unknown()).rows;
const read = async (value: string, root?: string): Promise<Referenced> => {
  if (!row) throw new Error('the story has one row');
  return readReferenced({ value, path: ['pac'] }, '/stories/story.yaml', row, {
    source: disk,
    largest: 40,
    ...(root ? { root } : {}),
  });
};
const complaint = async (value: string, root?: string): Promise<unknown> => {
  const read_ = await read(value, root);
  return read_.ok ? 'no problem' : [read_.problem.message, read_.problem.hint];
};

test('a file is read relative to the scenario', async () => {
  const got = await read('./corp.pac');
  expect(got).toMatchObject({ ok: true, path: '/stories/corp.pac' });
  expect(got.ok && Buffer.from(got.bytes).toString()).toBe('function FindProxyForURL() {}');
  expect(await read('deep/x.pac')).toMatchObject({ ok: true, path: '/stories/deep/x.pac' });
});

test('a missing file is a problem at its place, with the name that was meant', async () => {
  expect(await read('./crop.pac')).toMatchObject({
    problem: {
      message: "'./crop.pac' does not exist",
      hint: "did you mean 'corp.pac'?",
      at: { line: 1, column: 6 },
      path: 'pac',
    },
  });
});

test('a reference never leaves its folder, by name or by link', async () => {
  expect(await complaint('../shared/y.pac')).toEqual(["'../shared/y.pac' lies outside of /stories", undefined]);
  expect(await complaint('../shared/y.pac', '/')).toBe('no problem');
  expect(await complaint('/etc/passwd')).toEqual(["'/etc/passwd' must be relative to the scenario file", undefined]);
  expect(await complaint('link.pac')).toEqual(["'link.pac' is a link that leads outside of /stories", undefined]);
  expect(await complaint('http://wpad/wpad.dat')).toEqual([
    "'http://wpad/wpad.dat' is a URL; a file is needed here",
    undefined,
  ]);
});
