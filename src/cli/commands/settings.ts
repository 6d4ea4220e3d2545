import { dirname, isAbsolute, relative, sep } from 'node:path';

import pc from 'picocolors';

import type { Answer, Survey } from '../../settings/index.ts';
import { printable } from '../../printable.ts';
import type { Screen } from '../../report/reporter.ts';
import { wrap } from '../../wrap.ts';
import { textOption } from '../command.ts';
import type { Command } from '../command.ts';
import { readInput } from '../load.ts';
import { urlOf } from '../pac-options.ts';
import { exitCodes } from '../tools.ts';
import type { Tools } from '../tools.ts';
import { misused, unknownWord } from '../usage.ts';

const products = ['entra-private-network', 'azure-ad-app-proxy'] as const;

export const settings: Command = {
  name: 'settings',
  summary: 'which proxy each part of a machine would use, why, and where they disagree',
  group: 'Repro',
  usage: '<file...>',
  examples: [
    'settings ApplicationProxyConnectorService.exe.config machine.config netsh.txt',
    'settings account.reg --url https://tenant.servicebus.windows.net/ --json',
  ],
  options: (definition) =>
    definition
      .option('--url <url>', 'ask everybody for this URL, instead of what each usually asks for')
      .option('--suffix <domain>', "the machine's primary DNS suffix (default: corp.example)")
      .option(
        '--product <name>',
        `which build is installed: ${products.join(' or ')} (default: as names of files and keys tell)`,
      )
      .option('--json', 'print as JSON'),
  async run(files, options, tools) {
    if (files.length === 0) throw misused('which files?', 'such as *.exe.config, machine.config, *.reg, netsh.txt');
    const { survey } = await import('../../settings/index.ts');
    const read = await Promise.all(files.map(async (file) => ({ file, bytes: await readOwn(file, tools) })));
    const url = textOption(options, 'url');
    const suffix = textOption(options, 'suffix');
    const product = productOf(textOption(options, 'product'));
    const told = survey(read, {
      ...(url === undefined ? {} : { url: urlOf(url) }),
      ...(suffix === undefined ? {} : { suffix }),
      ...(product === undefined ? {} : { product }),
    });
    tools.stdout.write(
      options['json'] === true ? `${JSON.stringify(told, null, 2)}\n` : page(told, tools.stdout.screen),
    );
    return exitCodes.yes;
  },
};

/** A customer's folder may hold a link to anything: what lies outside of its own folder is not read. */
async function readOwn(file: string, tools: Tools): Promise<Uint8Array> {
  const bytes = await readInput(file, tools);
  const [folder, target] = await Promise.all([tools.files.real(dirname(file)), tools.files.real(file)]);
  const way = relative(folder, target);
  if (way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way))
    throw misused(`'${file}' is a link that leads outside of its folder`, 'name the file itself');
  return bytes;
}

function productOf(word: string | undefined): (typeof products)[number] | undefined {
  const known = products.find((name) => name === word);
  if (word !== undefined && known === undefined) throw unknownWord('product', word, products);
  return known;
}

const roles: Record<Survey['files'][number]['role'], string> = {
  'service-config': 'configuration of the connector service',
  'updater-config': 'configuration of the updater service',
  'machine-config': 'machine.config of the .NET Framework',
  registry: 'registry export',
  netsh: 'netsh winhttp',
  environment: 'environment variables',
};

const widest = 110;

function page({ files, build, answers, ways }: Survey, { colour, columns }: Screen): string {
  const colours = pc.createColors(colour);
  const width = Math.min(columns, widest);
  const short = shortNames(files.map(({ file }) => file));
  const names = Math.max(...files.map(({ file }) => file.length));
  return [
    ...files.map(({ file, role }) => `${printable(file.padEnd(names))}  ${colours.dim(roles[role])}`),
    ...sayBuild(build).flatMap((line) => wrap(printable(line), width)),
    ...answers.flatMap((answer) => ['', ...told(answer, width, colours, short)]),
    '',
    ...agreement(ways, colours),
    '',
  ].join('\n');
}

/** Whose files are read, where that is a guess: two products' files lead to two answers. */
const sayBuild = (build: Survey['build']): string[] =>
  build === null || build.because === null
    ? []
    : [
        `The build is taken to be ${build.product}, because ${build.because}` +
          (build.both ? `; there is something of the other name, too. --product says which one runs.` : '.'),
      ];

type Colours = ReturnType<typeof pc.createColors>;

/** A file's name without its folder, where that is enough to tell it from the others. */
function shortNames(files: readonly string[]): (file: string) => string {
  const base = (file: string): string => /[^/\\]*$/.exec(file)?.[0] ?? file;
  return (file) => (files.filter((other) => base(other) === base(file)).length > 1 ? file : base(file));
}

function told(
  { asker, url, way, choice }: Answer,
  width: number,
  colours: Colours,
  short: (file: string) => string,
): string[] {
  return [
    `${colours.bold(asker)}  ${colours.dim(printable(url))}`,
    ...wrap(printable(way), width - 2).map((line) => `  ${colours.cyan(line)}`),
    ...wrap(`because ${printable(whyOf(choice))}`, width - 2).map((line) => `  ${line}`),
    ...choice.reasons.flatMap(({ layer, name, value, origin, note, overriddenBy, mark }) => {
      const place = origin ? `${short(origin.file)}:${origin.line}:${origin.column}` : layer;
      const fate = overriddenBy === null ? '' : `, does not count because of ${overriddenBy}`;
      const says = printable(`${name} = ${value}  (${place}${fate}; ${mark})`);
      return [
        ...wrap(`${overriddenBy === null ? '+' : '-'} ${says}`, width - 4).map((line) => `    ${line}`),
        ...(note === null ? [] : wrap(printable(note), width - 8).map((line) => colours.dim(`        ${line}`))),
      ];
    }),
  ];
}

/** The settings that count; and the rule of their bypass list that this destination is under. */
const whyOf = ({ why, bypassed }: Answer['choice']): string =>
  bypassed === null ? why : `${why}; ${bypassed} of the bypass list is why this one goes past the proxy`;

function agreement(ways: Survey['ways'], colours: Colours): string[] {
  if (ways.length === 1) return ['All go the same way.'];
  return [
    colours.bold(`They disagree: ${ways.length} ways`),
    ...ways.flatMap(({ way, askers }) => [`  ${colours.cyan(printable(way))}`, ...askers.map((name) => `    ${name}`)]),
  ];
}
