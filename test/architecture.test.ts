/** The import table of src/README.md, enforced; and the habits that keep rooms rooms. */
import { readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';

import { expect, test } from 'vitest';

const source = join(import.meta.dirname, '..', 'src');

/** Who may import whom, besides itself and the loose files in src/. */
const table: Record<string, readonly string[]> = {
  trace: [],
  net: ['trace'],
  pac: [],
  settings: ['trace'],
  dns: ['trace', 'net'],
  http: ['trace', 'net'],
  proxy: ['trace', 'net'],
  client: ['trace', 'net', 'dns', 'http', 'pac', 'settings'],
  step: ['trace', 'settings'],
  expect: ['trace'],
  diagnosis: ['trace'],
  scenario: ['net', 'dns', 'http', 'proxy', 'client', 'settings', 'step', 'expect'],
  lab: ['scenario', 'step', 'net', 'dns', 'http', 'proxy', 'trace'],
  publish: ['scenario', 'lab', 'net', 'proxy'],
  control: [
    'publish',
    'scenario',
    'lab',
    'net',
    'dns',
    'http',
    'proxy',
    'pac',
    'diagnosis',
    'capture',
    'evidence',
    'web',
    'trace',
  ],
  run: ['scenario', 'lab', 'client', 'step', 'expect', 'diagnosis', 'capture', 'evidence', 'net', 'trace'],
  capture: ['trace'],
  evidence: ['trace'],
  browser: ['pac'],
  beside: [
    'browser',
    'capture',
    'evidence',
    'publish',
    'run',
    'scenario',
    'lab',
    'client',
    'settings',
    'step',
    'expect',
    'diagnosis',
    'net',
    'trace',
  ],
  redact: ['pac', 'settings', 'trace'],
  reproduce: ['redact', 'settings', 'pac', 'evidence', 'capture', 'diagnosis', 'scenario', 'run', 'trace'],
  web: ['run', 'capture', 'pac', 'trace'],
  report: ['run', 'trace', 'web'],
  library: ['*'],
  cli: ['*'],
};

/** One file each may know these. */
const homes: { what: RegExp; where: readonly string[] }[] = [
  { what: /from 'node:(net|dgram|tls)'/, where: ['net/'] },
  { what: /\bconsole\./, where: [] },
  { what: /\bprocess\.(env|exit|stdout|stderr|argv)\b/, where: ['cli/main.ts'] },
  {
    what: /\bDate\.now\(|\bnew Date\(\)/, // The helpers are texts that run inside the sandbox, on its own clock.
    where: ['clock.ts', 'pac/helpers/', 'pac/limits.ts', 'web/page/'],
  },
  { what: /\bperformance\.now\(|\bhrtime\b/, where: ['clock.ts', 'pac/limits.ts'] },
  { what: /\bMath\.random\(/, where: ['chance.ts'] },
  { what: /(?<![.\w])set(Timeout|Interval)\(/, where: ['clock.ts', 'web/page/'] },
];

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.split(sep).join('/'))
  .toSorted();

const textOf = (file: string): string => readFileSync(join(source, file), 'utf8');
const roomOf = (file: string): string | undefined =>
  file.includes('/') ? file.slice(0, file.indexOf('/')) : undefined;
const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');

/** Files of src/ that a file imports, as paths below src/. */
function importsOf(file: string): string[] {
  const found = textOf(file).matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g);
  return [...found].map(([, path]) =>
    relative(source, join(source, dirname(file), path ?? ''))
      .split(sep)
      .join('/'),
  );
}

test('every room imports only what the table allows', () => {
  const offences: string[] = [];
  for (const file of files) {
    const room = roomOf(file);
    for (const imported of importsOf(file)) {
      const target = roomOf(imported);
      if (room === undefined || target === undefined || target === room) continue;
      const allowed = table[room] ?? [];
      if (!allowed.includes('*') && !allowed.includes(target)) offences.push(`${file} imports ${imported}`);
    }
  }
  expect(offences).toEqual([]);
});

test('every room stands in the table, and the table in src/README.md', () => {
  const rooms = [...new Set(files.map(roomOf).filter((room) => room !== undefined))];
  expect(rooms.filter((room) => !(room in table))).toEqual([]);
  const readme = textOf('README.md').replace(/ +/g, ' ');
  for (const [room, allowed] of Object.entries(table)) {
    const words = allowed.includes('*') ? 'everything' : allowed.join(', ') || '–';
    expect(readme, `the row of ${room}`).toContain(`| \`${room}\` | ${words} |`);
  }
});

test('sockets, time, chance, environment and output stay in their homes', () => {
  const offences = files.flatMap((file) =>
    homes
      .filter(
        ({ what, where }) => what.test(withoutComments(textOf(file))) && !where.some((home) => file.startsWith(home)),
      )
      .map(({ what }) => `${file}: ${what.source}`),
  );
  expect(offences).toEqual([]);
});

test('every entry of a plural folder is listed in its index', () => {
  const plural = [
    'behaviours',
    'rules',
    'reporters',
    'commands',
    'steps',
    'expectations',
    'dialects',
    'profiles',
    'helpers',
    'choosers',
    'programs',
    'browsers',
    'schemes',
  ];
  const offences = files
    .filter((file) => plural.includes(basename(dirname(file))) && basename(file) !== 'index.ts')
    .filter((file) => !textOf(`${dirname(file)}/index.ts`).includes(`'./${basename(file)}'`));
  expect(offences).toEqual([]);
});

test('a file is called like the kind, verb or id it declares', () => {
  const offences: string[] = [];
  for (const file of files) {
    const folder = basename(dirname(file));
    const own = {
      behaviours: /kind: z\.literal\('([^']+)'\)/,
      steps: /verb: '([^']+)'/,
      rules: /rule\(\{\s*id: '([^']+)'/,
      reporters: /name: '([^']+)'/,
    }[folder];
    const declared = own && basename(file) !== 'index.ts' ? own.exec(textOf(file))?.[1] : undefined;
    if (declared !== undefined && declared !== basename(file, '.ts')) offences.push(`${file} declares '${declared}'`);
  }
  expect(offences).toEqual([]);
});

test('no file is longer than 250 lines, but for the list of rules', () => {
  const list = 'diagnosis/rules/index.ts';
  expect(files.filter((file) => file !== list && textOf(file).split('\n').length > 251)).toEqual([]);
});
