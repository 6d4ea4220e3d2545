/** The commands that print something other than a run. */
import { readdirSync, readFileSync } from 'node:fs';

import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

import type { Rule } from '../../src/diagnosis/rule.ts';
import { paclab, story } from '../kit/tools.ts';

const rule = (id: string, more: Partial<Rule> = {}): Rule => ({
  id,
  title: `What ${id} is called`,
  severity: 'error',
  summary:
    'Every CONNECT is answered with 407 and a challenge. Connector and updater run as services: nobody can be prompted.',
  confirm: 'Filter for 407. CONNECT is followed by it, and no ClientHello comes.',
  fix: 'Let the machine through by its address.',
  refutedIf: 'The same client gets 200 for the same CONNECT.',
  alternatives: [{ id: 'auth-407-loop', tellApart: 'there the 407 comes again after credentials were sent' }],
  needs: [{ says: 'a 407 with a challenge to CONNECT', seen: () => [] }],
  find: () => [],
  ...more,
});
const rules = [rule('auth-407-connect'), rule('tls-untrusted-ca', { alternatives: [] })];

test('explain has a page for a program: every phase with what it rests on, and what is not known', async () => {
  const { out } = await paclab('explain connector', { rules });
  expect(out).toMatch(/^ {2}bootstrap \(documented\): /m);
  expect(out).toMatch(/^ {2}renewal \(inferred, comes again\): /m);
  expect(out).toContain('Not established');
  const page: unknown = JSON.parse((await paclab('explain updater --json', { rules })).out);
  expect(page).toMatchObject({ id: 'updater', identity: 'system', phases: [{ basis: 'inferred' }, { again: true }] });
});

test('explain prints a page for one id and a list of all without', async () => {
  await expect((await paclab('explain auth-407-connect', { rules })).out).toMatchFileSnapshot('../golden/explain.txt');
  expect((await paclab('explain', { rules })).out).toBe(
    'auth-407-connect  What auth-407-connect is called\ntls-untrusted-ca  What tls-untrusted-ca is called\n',
  );
  expect((await paclab('explain tls-untrusted-ca', { rules })).out).not.toContain('could also be');
});

test('explain --json gives one page or all', async () => {
  expect(JSON.parse((await paclab('explain auth-407-connect --json', { rules })).out)).toMatchObject({
    id: 'auth-407-connect',
    needs: ['a 407 with a challenge to CONNECT'],
  });
  expect(JSON.parse((await paclab('explain --json', { rules })).out)).toHaveLength(2);
});

test('explain of an unknown id names the nearest', async () => {
  expect((await paclab('explain auth-407-conect', { rules })).err).toContain("did you mean 'auth-407-connect'?");
});

const files = {
  'scenarios/a.yaml': story('a', 'tags: [x, y]\nmatrix: { n: [1, 2] }'),
  'scenarios/longer-id.yaml': story('longer-id'),
  'bad/typo.yaml': 'id: typo\nnmae: x\n',
};

test('list prints one line a run', async () => {
  expect((await paclab('list', { files })).out).toBe(
    [
      'a [n=1]    x, y  scenarios/a.yaml',
      'a [n=2]    x, y  scenarios/a.yaml',
      'longer-id        scenarios/longer-id.yaml',
      '',
      '3 runs in 2 files',
      '',
    ].join('\n'),
  );
});

test('lint counts what it has read and prints every problem', async () => {
  expect((await paclab('lint', { files })).out).toBe('2 files, 3 runs, no problems\n');
  const { out } = await paclab('lint scenarios bad', { files });
  expect(out).toContain('--> bad/typo.yaml:2:1');
  expect(out.trimEnd().split('\n').at(-1)).toBe('3 files, 3 runs, 1 problem');
  expect(JSON.parse((await paclab('lint bad --json', { files })).out)).toMatchObject({
    files: 1,
    problems: [{ message: "unknown key 'nmae'", hint: "did you mean 'name'?", at: { line: 2, column: 1 } }],
  });
});

test('the schema accepts every shipped scenario and refuses unknown keys', async () => {
  const { out } = await paclab('schema scenario');
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(JSON.parse(out) as object);
  const folder = new URL('../../scenarios/', import.meta.url);
  const stories = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.yaml'));
  expect(stories.length).toBeGreaterThan(0);
  for (const file of stories) {
    const value = parse(readFileSync(new URL(file, folder), 'utf8')) as Record<string, unknown>;
    expect([file, validate(value), validate.errors]).toEqual([file, true, null]);
    expect(validate({ ...value, labb: {} })).toBe(false);
    expect(validate({ ...value, id: 12 })).toBe(false);
  }
});

const pac = {
  'corp.pac': `function FindProxyForURL(url, host) {
  if (isPlainHostName(host)) return 'DIRECT';
  if (isInNet(host, '10.0.0.0', '255.0.0.0')) return 'PROXY inside:8080';
  if (host == 'broken.example') return nobody();
  return 'PROXY edge.corp.example:8080; DIRECT';
}
`,
  'no.pac': 'function FindProxyForURL( {',
};

test('pac eval prints what each client answers for each URL', async () => {
  const { out, code } = await paclab('pac eval corp.pac https://a.example/x http://intranet/', { files: pac });
  expect(code).toBe(0);
  await expect(out).toMatchFileSnapshot('../golden/pac-eval.txt');
});

test('pac eval knows names, and one profile when asked', async () => {
  const line = 'pac eval corp.pac https://a.example/ --profile chromium --dns a.example=10.1.2.3 --json';
  expect(JSON.parse((await paclab(line, { files: pac })).out)).toMatchObject([
    { url: 'https://a.example/', profile: 'chromium', routes: ['PROXY inside:8080'], dnsLookups: 1 },
  ]);
});

test('pac eval: a script that raises an error is a no, one that cannot be loaded is unusable', async () => {
  const raises = await paclab('pac eval corp.pac https://broken.example/ --profile chromium', { files: pac });
  expect(raises.code).toBe(1);
  expect(raises.out).toContain('ReferenceError');
  const broken = await paclab('pac eval no.pac https://a.example/ --profile chromium', { files: pac });
  expect([broken.code, broken.out]).toEqual([2, '']);
  expect(broken.err).toContain('no client can load this script: SyntaxError');
  expect(broken.err).toContain('no.pac:1:');
});

test.each([
  ['missing.pac https://a.example/', "'missing.pac' does not exist"],
  ['corp.pac nowhere', "'nowhere' is not a URL"],
  ['corp.pac https://a.example/ --profile chrome', "unknown profile 'chrome'"],
  ['corp.pac https://a.example/ --at yesterday', '--at yesterday is not a time'],
  ['corp.pac https://a.example/ --zone Mars/North', '--zone Mars/North is not a time zone'],
  ['corp.pac https://a.example/ --dns a.example', "--dns takes name=ip, got 'a.example'"],
])('pac eval %s cannot be used: %s', async (line, message) => {
  const { code, err } = await paclab(`pac eval ${line}`, { files: pac });
  expect(code).toBe(2);
  expect(err).toContain(message);
});
