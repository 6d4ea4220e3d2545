/** Ids that findings print as alternatives, and that no finding has: whoever reads one can ask what it is. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { otherCauses } from '../../src/diagnosis/other-causes.ts';
import type { Rule } from '../../src/diagnosis/rule.ts';
import { rules } from '../../src/diagnosis/rules.ts';
import { root } from '../kit/scenarios.ts';
import { paclab, story } from '../kit/tools.ts';

const others = otherCauses(rules);

/** As they stand in the code: those that a rule names only for some traces are among them. */
function namedInCode(): string[] {
  const folder = join(root, 'src/diagnosis');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  return files.flatMap((file) =>
    [...readFileSync(join(folder, file), 'utf8').matchAll(/\bid: '([a-z0-9-]+)',\s*tellApart:/g)].map(
      ([, id = '']) => id,
    ),
  );
}

test('every id that a rule names as an alternative has a page: what tells it apart, and what is found', async () => {
  expect(others.size).toBeGreaterThan(10);
  const named = new Set([...namedInCode(), ...rules.flatMap(({ alternatives }) => alternatives.map(({ id }) => id))]);
  for (const id of named) {
    const { code, out, err } = await paclab(`explain ${id}`, { rules });
    expect([id, code, err]).toEqual([id, 0, '']);
    const words = out.replace(/\s+/g, ' ');
    for (const { rule, tellApart } of others.get(id) ?? []) {
      for (const text of [rule.title, rule.confirm, rule.fix, tellApart, `paclab explain ${rule.id}`])
        expect(words).toContain(text.replace(/\s+/g, ' '));
    }
  }
});

test('a cause that no scenario shows is on the list of those that cannot be shown', () => {
  const shown = new Set(
    readdirSync(join(root, 'scenarios'), { recursive: true, encoding: 'utf8' }).map((file) =>
      file.replace(/^.*\/|\.yaml$/g, ''),
    ),
  );
  const excused = readFileSync(join(root, 'docs/coverage.md'), 'utf8');
  for (const id of others.keys()) if (!shown.has(id)) expect(excused).toContain(`| \`${id}\``);
});

const cause: Rule = {
  id: 'auth-407-connect',
  title: 'The proxy asks',
  severity: 'error',
  summary: 'CONNECT is answered with 407.',
  confirm: 'Filter for 407.',
  fix: 'Let the machine through.',
  refutedIf: 'It gets 200.',
  alternatives: [
    { id: 'auth-default-creds-off', tellApart: 'The machine account would be let in.' },
    { id: 'auth-407-loop', tellApart: 'It comes again.' },
  ],
  needs: [],
  find: () => [],
};
const loop: Rule = { ...cause, id: 'auth-407-loop', alternatives: [] };
const known = { rules: [cause, loop] };

test('the page names the scenario that shows it, where there is one', async () => {
  const files = { '/program/scenarios/auth/auth-default-creds-off.yaml': story('auth-default-creds-off') };
  const { out } = await paclab('explain auth-default-creds-off', { ...known, files });
  expect(out).toMatch(/^auth-default-creds-off\nThe story of auth-default-creds-off\n/);
  expect(out).toContain('paclab run auth-default-creds-off');
  const bare = await paclab('explain auth-default-creds-off', known);
  expect(bare.out).not.toContain('paclab run');
  expect(bare.out).toContain('No scenario shows it');
  expect(JSON.parse((await paclab('explain auth-default-creds-off --json', { ...known, files })).out)).toEqual({
    id: 'auth-default-creds-off',
    scenario: 'The story of auth-default-creds-off',
    foundAs: [
      {
        id: 'auth-407-connect',
        title: 'The proxy asks',
        tellApart: 'The machine account would be let in.',
        confirm: 'Filter for 407.',
        fix: 'Let the machine through.',
      },
    ],
  });
});

test('an alternative that is a finding of its own keeps its page', async () => {
  const { out } = await paclab('explain auth-407-loop', known);
  expect(out).toContain('What would refute it');
  expect(out).not.toContain('Found as');
});

test('a misspelt one is suggested, and shells complete it', async () => {
  const { code, err } = await paclab('explain auth-default-cred-off', known);
  expect(code).toBe(2);
  expect(err).toContain("did you mean 'auth-default-creds-off'?");
  expect((await paclab('completion bash', known)).out).toMatch(/words='[^']*\bauth-default-creds-off\b/);
  expect((await paclab('explain nothing-like-it', known)).code).toBe(2);
});

const log = `1772438400.100 12 10.20.0.5 TCP_DENIED/407 4021 CONNECT tenant.msappproxy.net:443 - HIER_NONE/- text/html\n`;

test('--why-not of one answers for each finding that would name it', async () => {
  const files = { 'access.log': log };
  const { code, out } = await paclab('diagnose access.log --why-not auth-default-creds-off', { files });
  expect(code).toBe(0);
  expect(out).toContain('auth-default-creds-off is no finding of its own');
  expect(out).toMatch(/auth-407-connect was found\.[^]*It would be auth-default-creds-off when/);
  expect(out).toContain('auth-url-creds-ignored was not found');
  const data: unknown = JSON.parse(
    (await paclab('diagnose access.log --why-not auth-default-creds-off --json', { files })).out,
  );
  expect(data).toMatchObject({
    id: 'auth-default-creds-off',
    foundAs: [
      { id: 'auth-407-connect', found: true },
      { id: 'auth-url-creds-ignored', found: false },
    ],
  });
  const misspelt = await paclab('diagnose access.log --why-not auth-default-cred-off', { files });
  expect(misspelt.err).toContain("did you mean 'auth-default-creds-off'?");
});
