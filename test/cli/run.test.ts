import { DOMParser } from '@xmldom/xmldom';
import { expect, test } from 'vitest';

import { fromNdjson } from '../../src/trace/file.ts';
import type { RunResult } from '../../src/run/record.ts';
import { paclab, story } from '../kit/tools.ts';

const files = {
  'scenarios/auth/basic.yaml': story('basic', 'tags: [auth, slow]\nclients: { a: { profile: chromium } }'),
  'scenarios/auth/ntlm.yaml': story('ntlm', 'tags: [auth]\nmatrix: { version: [1, 2] }'),
  'scenarios/dns/fails-here.yaml': story('fails-here', 'tags: [dns]'),
  'scenarios/dns/fails-too.yaml': story('fails-too', 'tags: [dns]'),
};

const selected = async (line: string): Promise<string[]> => {
  const { out, err } = await paclab(`list --json ${line}`, { files });
  if (err !== '') return [err.trim()];
  return (JSON.parse(out) as { id: string; row: { version?: number } }[]).map(
    ({ id, row }) => `${id}${row.version ?? ''}`,
  );
};

test('without words everything below scenarios is taken, in the order of the files', async () => {
  expect(await selected('')).toEqual(['basic', 'ntlm1', 'ntlm2', 'fails-here', 'fails-too']);
});

test('words are files, folders and ids', async () => {
  expect(await selected('scenarios/dns')).toEqual(['fails-here', 'fails-too']);
  expect(await selected('scenarios/dns/fails-too.yaml basic')).toEqual(['fails-too', 'basic']);
  expect(await selected('scenarios scenarios/dns')).toHaveLength(5);
});

test('an id that no file here has may be one of those that came with the program', async () => {
  const home = '/program';
  const shipped = `${home}/scenarios/dns/came-along.yaml`;
  const all = { ...files, [shipped]: story('came-along', 'tags: [dns]') };
  const listed = async (line: string, more: Record<string, string> = {}): Promise<string> => {
    const { out, err } = await paclab(`list --json ${line}`, { files: { ...all, ...more } });
    return err === '' ? (JSON.parse(out) as { file: string }[]).map(({ file }) => file).join(' ') : err;
  };
  expect(await listed('came-along')).toBe(shipped);
  expect(await listed('basic came-along')).toBe(`scenarios/auth/basic.yaml ${shipped}`);
  expect(await listed('')).not.toContain(shipped);
  const own = 'scenarios/came-along.yaml';
  expect(await listed('came-along', { [own]: story('came-along', '') })).toBe(own);
  expect(await listed('came-along', { [own]: 'id: came-along\n' })).toContain(own);
  expect(await listed('came-alon')).toContain("did you mean 'came-along'?");
});

test('options narrow the selection, each by itself and together', async () => {
  expect(await selected('--id ntlm --id basic')).toEqual(['basic', 'ntlm1', 'ntlm2']);
  expect(await selected('--grep NTLM')).toEqual(['ntlm1', 'ntlm2']);
  expect(await selected('--grep dns/')).toEqual(['fails-here', 'fails-too']);
  expect(await selected('--profile chromium')).toEqual(['basic']);
  expect(await selected('--tag auth --grep basic')).toEqual(['basic']);
});

test('shards divide the runs without loss and without doubles', async () => {
  const shards = await Promise.all([1, 2, 3].map((index) => selected(`--shard ${index}/3`)));
  expect(shards).toEqual([['basic', 'fails-here'], ['ntlm1', 'fails-too'], ['ntlm2']]);
});

test('a misspelt word gets a suggestion', async () => {
  expect(await selected('--tag aut')).toEqual(["no scenario has the tag 'aut'; did you mean 'auth'?"]);
  expect(await selected('--id bsaic')).toEqual(["no scenario has the id 'bsaic'; did you mean 'basic'?"]);
  expect((await paclab('run bsaic', { files })).err).toContain("did you mean 'basic'?");
  expect((await paclab('rnu', { files })).err).toContain('Did you mean run?');
  expect((await paclab('run --reporter junt', { files })).err).toContain("did you mean 'junit'?");
});

test('an id is found although another file is broken, and its own mistakes are told', async () => {
  const with_ = { ...files, 'scenarios/odd.yaml': 'id: odd\nnmae: x\n' };
  expect(await paclab('run basic', { files: with_ })).toMatchObject({ code: 0 });
  expect((await paclab('run odd', { files: with_ })).err).toContain("unknown key 'nmae'");
});

test('two files with one id are a mistake', async () => {
  const twins = { ...files, 'scenarios/x.yaml': story('basic') };
  const { code, out } = await paclab('lint', { files: twins });
  expect(code).toBe(1);
  expect(out).toContain("the id 'basic' belongs to scenarios/auth/basic.yaml already");
});

test('several reporters write at once, each to its own place', async () => {
  const ended = await paclab('run --reporter list,json:out/result.json,junit:out/result.xml --reporter tap:t.tap', {
    files,
  });
  expect(ended.out).toContain('✗ fails-here');
  const result = JSON.parse(ended.files['out/result.json'] ?? '') as RunResult;
  expect(result).toMatchObject({ version: 1, summary: { passed: 3, failed: 2 } });
  expect(
    new DOMParser().parseFromString(ended.files['out/result.xml'] ?? '', 'text/xml').getElementsByTagName('testcase')
      .length,
  ).toBe(5);
  expect(ended.files['t.tap']).toMatch(/^TAP version 14\n/);
});

test('--json prints the result alone', async () => {
  const { out } = await paclab('run basic --json', { files });
  expect((JSON.parse(out) as RunResult).runs.map(({ id }) => id)).toEqual(['basic']);
});

test('--max-failures skips the rest', async () => {
  const { out, code } = await paclab('run scenarios/dns basic --max-failures 1', { files });
  expect(code).toBe(1);
  expect(out).toContain('1 failed, 2 skipped');
});

test('traces are written when they are wanted, for the runs that are meant', async () => {
  const traces = async (line: string): Promise<string[]> =>
    Object.keys((await paclab(`run ${line}`, { files })).files).filter((path) => path.endsWith('.ndjson'));
  expect(await traces('')).toEqual([]);
  expect(await traces('--trace off --output out')).toEqual([]);
  expect(await traces('--output out')).toEqual(['out/traces/fails-here.ndjson', 'out/traces/fails-too.ndjson']);
  expect(await traces('--trace on-failure')).toHaveLength(2);
  expect(await traces('ntlm --trace on')).toEqual([
    '.paclab/traces/ntlm-version=1.ndjson',
    '.paclab/traces/ntlm-version=2.ndjson',
  ]);
  const { files: written } = await paclab('run fails-here --output out', { files });
  expect(fromNdjson(written['out/traces/fails-here.ndjson'] ?? '').map(({ seq }) => seq)).toEqual([1, 2, 3]);
});

test('a trace that cannot be written does not stop the run, and the exit code says so', async () => {
  const { code, out, err } = await paclab('run basic --trace on --output /full', { files });
  expect(code).toBe(3);
  expect(out).toContain('✓ basic');
  expect(err).toContain("the reporter 'trace' broke: cannot write /full/traces/basic.ndjson");
});

test('more than 200 runs are dots by themselves', async () => {
  const many = {
    'scenarios/many.yaml': story('many', `matrix: { n: [${Array.from({ length: 201 }, (_, n) => n).join(', ')}] }`),
  };
  expect((await paclab('run', { files: many })).out).toMatch(/^\n {2}·{50}/);
  expect((await paclab('run --shard 1/2', { files: many })).out).toContain('✓ many [n=0]');
});

test('--last-failed takes what did not pass last time, until it passes', async () => {
  const disk = { ...files };
  const first = await paclab('run', { files: disk });
  expect(first.code).toBe(1);
  const kept = { ...disk, ...first.files };
  const second = await paclab('run --last-failed --reporter json', { files: kept });
  expect((JSON.parse(second.out) as RunResult).runs.map(({ id }) => id)).toEqual(['fails-here', 'fails-too']);
  const never = await paclab('run --last-failed', { files });
  expect([never.code, never.err]).toEqual([4, 'no run has failed here: .paclab keeps none\n']);
  const mended = { ...kept, '.paclab/last-run.json': '{"failed":[]}\n' };
  expect((await paclab('run --last-failed', { files: mended })).err).toBe('nothing failed last time\n');
});
