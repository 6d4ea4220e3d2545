import { InputError } from '../../failure.ts';
import type { Problem } from '../../failure.ts';
import type { Resolution, ResolveOptions } from '../../pac/index.ts';
import { printable } from '../../printable.ts';
import { gather, listOption, textOption } from '../command.ts';
import type { Command, Options } from '../command.ts';
import { readInput } from '../load.ts';
import { exitCodes } from '../tools.ts';
import { misused, unknownWord } from '../usage.ts';

export const pacEval: Command = {
  name: 'pac eval',
  summary: 'what each client makes of a PAC file, for URLs',
  group: 'PAC',
  usage: '<pac> <url...>',
  examples: [
    'pac eval corp.pac https://intranet.corp.example/',
    'pac eval corp.pac https://a.example/ --profile chromium --dns a.example=10.1.2.3 --at 2026-03-02T08:00:00Z',
  ],
  options: (definition) =>
    definition
      .option('--profile <name>', 'only this client; may be given several times (default: all)', gather)
      .option(
        '--dns <name=ip,...>',
        'what a name resolves to; may be given several times; others do not resolve',
        gather,
      )
      .option('--my-ip <ip>', "the machine's own address; may be given several times", gather)
      .option('--at <time>', "the script's clock, such as 2026-03-02T08:00:00Z (default: now)")
      .option('--zone <name>', 'time zone of that clock, such as Europe/Berlin')
      .option('--json', 'print as JSON'),
  async run([file = '', ...urls], options, tools) {
    const { loadPac, profileNames } = await import('../../pac/index.ts');
    const unknown = listOption(options, 'profile').find((name) => !profileNames.some((known) => known === name));
    if (unknown !== undefined) throw unknownWord('profile', unknown, profileNames);
    for (const url of urls)
      if (!URL.canParse(url)) throw misused(`'${url}' is not a URL`, 'such as https://host.example/');
    const setting = settingOf(options);
    const source = await readInput(file, tools);
    using pac = await loadPac(source, { filename: file });
    const wanted = listOption(options, 'profile');
    const profiles = profileNames.filter((name) => wanted.length === 0 || wanted.includes(name));
    const answers: Answer[] = [];
    for (const url of urls) {
      for (const profile of profiles)
        answers.push({ url, profile, ...(await pac.resolve(url, { ...setting, profile })) });
    }
    if (answers.every(({ error }) => error?.phase === 'load')) throw unusable(file, source, answers);
    tools.stdout.write(options['json'] === true ? `${JSON.stringify(answers, null, 2)}\n` : tableOf(answers));
    return answers.some(({ error }) => error) ? exitCodes.no : exitCodes.yes;
  },
};

/** No client that was asked about can load the script: what each of them says, at the place. */
function unusable(file: string, source: Uint8Array, answers: readonly Answer[]): InputError {
  const lines = new TextDecoder().decode(source).split('\n');
  const problems = new Map<string, Problem>();
  for (const { profile, error } of answers) {
    if (!error) continue;
    const { name, message, line, column = 1 } = error;
    const problem: Problem = {
      message: `no client can load this script: ${name}: ${message}`,
      hint: `as ${profile} sees it`,
    };
    const text = line === undefined ? undefined : lines[line - 1];
    if (line !== undefined) problem.at = { file, line, column };
    if (text !== undefined) problem.source = text;
    if (!problems.has(message)) problems.set(message, problem);
  }
  return new InputError([...problems.values()]);
}

interface Answer extends Resolution {
  url: string;
  profile: string;
}

function settingOf(options: Options): ResolveOptions {
  const now = textOption(options, 'at');
  const timeZone = textOption(options, 'zone');
  const myIp = listOption(options, 'myIp');
  if (now !== undefined && Number.isNaN(Date.parse(now)))
    throw misused(`--at ${now} is not a time`, 'such as 2026-03-02T08:00:00Z');
  return {
    dns: namesOf(listOption(options, 'dns')),
    ...(now === undefined ? {} : { now }),
    ...(timeZone === undefined ? {} : { timeZone: zoneOf(timeZone) }),
    ...(myIp.length === 0 ? {} : { myIp }),
  };
}

function zoneOf(zone: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    throw misused(`--zone ${zone} is not a time zone`, 'such as Europe/Berlin or UTC');
  }
}

/** `host=10.0.0.1,10.0.0.2` */
function namesOf(texts: readonly string[]): Record<string, string[]> {
  const names = new Map<string, string[]>();
  for (const text of texts) {
    const [, name, addresses] = /^([^=]+)=(.+)$/.exec(text) ?? [];
    if (name === undefined || addresses === undefined) throw misused(`--dns takes name=ip, got '${text}'`);
    names.set(name, [...(names.get(name) ?? []), ...addresses.split(',')]);
  }
  return Object.fromEntries(names);
}

function tableOf(answers: readonly Answer[]): string {
  const width = Math.max(0, ...answers.map(({ profile }) => profile.length));
  const urls = [...new Set(answers.map(({ url }) => url))];
  const blocks = urls.map((url) => {
    const lines = answers
      .filter((answer) => answer.url === url)
      .map((answer) => `  ${answer.profile.padEnd(width)}  ${printable(sayAnswer(answer))}\n`);
    return `${printable(url)}\n${lines.join('')}`;
  });
  return blocks.join('\n');
}

function sayAnswer({ consulted, routes, error, failedOpen }: Answer): string {
  const said = routes.join('; ') || 'no route';
  if (!consulted) return `${said}  (the script is not asked)`;
  if (!error) return failedOpen ? `${said}  (nothing usable in the answer)` : said;
  const place = error.line === undefined ? '' : `, line ${error.line}`;
  return `${said}  (${error.name}: ${error.message}${place})`;
}
