import { basename, dirname } from 'node:path';

import pc from 'picocolors';

import { LabError } from '../../failure.ts';
import type { Import, SentFile } from '../../reproduce/index.ts';
import type { Screen } from '../../report/reporter.ts';
import { wrap } from '../../wrap.ts';
import { gather, listOption, textOption } from '../command.ts';
import type { Command, Options } from '../command.ts';
import { stoppable } from '../evidence-files.ts';
import { sayFinding } from '../finding-text.ts';
import { growSlowly } from '../frugal.ts';
import { exitCodes } from '../tools.ts';
import type { Tools } from '../tools.ts';
import { misused } from '../usage.ts';

export const importCommand: Command = {
  name: 'import',
  summary: "a customer's files → a scenario that shows the same, without their secrets",
  group: 'Repro',
  usage: '<file...>',
  examples: [
    'import capture.pcapng ApplicationProxyConnectorService.exe.config netsh.txt -o repro.yaml',
    'import wpad.dat access.log --no-redact --json',
  ],
  options: (definition) =>
    definition
      .option('-o, --output <file>', 'the scenario; files that it names go to a folder beside it', 'repro.yaml')
      .option('--proxy <host:port>', 'a proxy that is known to be one; may be given several times', gather)
      .option('--map <file>', 'where the map of what was replaced goes (default: beside the scenario)')
      .option('--no-redact', 'leave names, addresses and secrets as they are')
      .option('--force', 'write over files that are there')
      .option('--json', 'print as JSON'),
  async run(words, options, tools) {
    const output = textOption(options, 'output') ?? 'repro.yaml';
    const id = idOf(output);
    const sent: SentFile[] = [];
    for (const word of words) {
      const kind = await tools.files.kind(word);
      if (kind === undefined) throw misused(`'${word}' does not exist`);
      if (kind === 'folder') throw misused(`'${word}' is a folder; name the files in it`);
      sent.push({ name: word, open: () => stoppable(word, tools) });
    }
    const redact = options['redact'] !== false;
    growSlowly();
    const { importSent } = await import('../../reproduce/index.ts');
    const { screen, write } = tools.stderr;
    const made = await importSent(sent, {
      id,
      redact,
      proxies: listOption(options, 'proxy'),
      signal: tools.signal,
      ...(screen.interactive
        ? { progress: ({ bytes }) => write(`\r\u001b[2K${Math.round(bytes / 1024 / 1024)} MiB read`) }
        : {}),
    });
    if (screen.interactive) write('\r\u001b[2K');
    const places = await save(made, output, options, tools);
    const { stdout } = tools;
    stdout.write(
      options['json'] === true
        ? `${JSON.stringify(dataOf(made, places), null, 2)}\n`
        : page(made, places, stdout.screen),
    );
    return made.symptom.same === false ? exitCodes.no : exitCodes.yes;
  },
};

/** The file's name is the scenario's id. */
function idOf(output: string): string {
  const id = basename(output).replace(/\.ya?ml$/i, '');
  const isFile = /(?:^|[\\/])[^\\/]+$/.test(output) && !output.includes('\0');
  if (!isFile || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id) || id === basename(output))
    throw misused(`-o takes a file such as repro.yaml, got '${output}'`, 'lower-case words, digits and dashes');
  return id;
}

interface Places {
  scenario: string;
  copies: string[];
  map: string | null;
}

/** Nothing is written before everything is known to be good. */
async function save(made: Import, output: string, options: Options, { files }: Tools): Promise<Places> {
  const folder = dirname(output) === '.' ? '' : `${dirname(output)}/`;
  const map = made.map ? (textOption(options, 'map') ?? output.replace(/\.ya?ml$/i, '.map.json')) : null;
  const copies = made.copies.map(({ path }) => `${folder}${path}`);
  const all = [output, ...copies, ...(map === null ? [] : [map])];
  if (options['force'] !== true) {
    for (const path of all) {
      if (await files.kind(path)) throw misused(`'${path}' is there already`, '--force writes over it');
    }
  }
  const put = (path: string, content: string | Uint8Array, mode?: number): void => {
    // Not through a link either, unless writing over files is wanted.
    const file = files.create(path, mode, options['force'] !== true);
    try {
      file.write(content);
    } finally {
      file.close();
    }
  };
  try {
    if (map !== null) put(map, `${JSON.stringify(made.map, null, 2)}\n`, 0o600);
    made.copies.forEach(({ bytes }, index) => put(copies[index] ?? '', bytes));
    put(output, made.scenario);
  } catch (error) {
    if (error instanceof LabError) throw error;
    throw new LabError(`cannot write ${output}: ${(error as Error).message}`, { cause: error });
  }
  return { scenario: output, copies, map };
}

const dataOf = ({ files, conflicts, assumptions, left, shown, found, symptom }: Import, places: Places) => ({
  version: 1,
  ...places,
  files,
  conflicts,
  assumptions,
  left,
  shown,
  found,
  symptom,
});

const mostStatements = 12;

function page(made: Import, places: Places, screen: Screen): string {
  const { bold, dim } = pc.createColors(screen.colour);
  const width = Math.max(40, screen.columns - 4);
  const list = (lines: readonly string[]): string =>
    lines
      .map((line) =>
        wrap(line, width)
          .map((part, index) => `  ${index === 0 ? '- ' : '  '}${part}\n`)
          .join(''),
      )
      .join('');
  const part = (title: string, lines: readonly string[]): string =>
    lines.length === 0 ? '' : `\n${bold(title)}\n${list(lines)}`;
  const files = made.files.map(({ name, kind, parts, statements }) => {
    const told = statements.slice(0, mostStatements).map(({ says, at }) => `${says} ${dim(`(${at})`)}`);
    const more = statements.length - told.length;
    return `${bold(name)}  ${dim([kind, parts].filter(Boolean).join(', '))}\n${list([...told, ...(more > 0 ? [`and ${more} more`] : [])])}`;
  });
  // What the settings explain away is what the customer sees.
  const known = new Set(made.found.map(({ id }) => id));
  const alone = made.shown.filter(({ id }) => !known.has(id));
  const shown = alone.map((finding) => sayFinding(finding, screen)).join('');
  const found = made.found.map((finding) => sayFinding(finding, screen)).join('');
  return [
    files.join('\n'),
    part(
      'Conflicts',
      made.conflicts.map(({ says, at }) => `${says} ${dim(`(${at.join(', ')})`)}`),
    ),
    part('Assumed', made.assumptions),
    part('Not played', made.left),
    shown === '' ? '' : `\n${bold('The captures and logs alone show')}\n${shown}`,
    `\n${bold('A run of the scenario shows')}\n${found === '' ? '  nothing that is wrong\n' : found}`,
    `\n${bold(verdict(made))}\n${list([...made.symptom.differences, ...made.symptom.behind])}`,
    `\n${[places.scenario, ...places.copies].join(' ')}\n`,
    places.map === null
      ? dim('as it came, with every name and secret: do not share it\n')
      : dim(`${places.map} says what was replaced by what: it is as secret as the files, and readable by you alone\n`),
  ].join('');
}

function verdict({ symptom }: Import): string {
  if (symptom.same === null) return 'These files hold settings only: there is no symptom to compare with.';
  return symptom.same ? 'That is what the files show.' : 'That is not what the files show:';
}
