import { InputError } from '../../failure.ts';
import type { Problem } from '../../failure.ts';
import type { Missing, ProfileName, Resolution } from '../../pac/index.ts';
import { missingIn, Pac, profileNames } from '../../pac/single.ts';
import { printable } from '../../printable.ts';
import { gather, listOption } from '../command.ts';
import type { Command } from '../command.ts';
import { readInput } from '../load.ts';
import { profileOf, urlOf, worldOf, worldOptions } from '../pac-options.ts';
import { exitCodes } from '../tools.ts';

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
    worldOptions(definition)
      .option('--profile <name>', 'only this client; may be given several times (default: all)', gather)
      .option('--json', 'print as JSON'),
  async run([file = '', ...urls], options, tools) {
    const wanted = listOption(options, 'profile').map((word) => profileOf(word, profileNames));
    urls.forEach(urlOf);
    const setting = worldOf(options);
    const source = await readInput(file, tools);
    using pac = new Pac(source, { filename: file });
    const profiles = profileNames.filter((name) => wanted.length === 0 || wanted.includes(name));
    const gaps = new Map<ProfileName, string[]>();
    const text = new TextDecoder().decode(source);
    for (const profile of profiles) gaps.set(profile, (await missingIn(text, profile)).map(sayGap));
    const json = options['json'] === true;
    // All at a time, because each client has an engine of its own to start; the URLs of each one after the other.
    const columns = await Promise.all(
      profiles.map(async (profile) => {
        const column: Resolution[] = [];
        for (const url of urls) column.push(await pac.resolve(url, { ...setting, profile, trace: json }));
        return column;
      }),
    );
    const answers = urls.flatMap((url, row) =>
      profiles.map((profile, at) => ({
        url,
        profile,
        ...(columns[at]?.[row] as Resolution), // there is one for each
        notEstablished: gaps.get(profile) ?? [],
      })),
    );
    if (answers.every(({ error }) => error?.phase === 'load')) throw unusable(file, source, answers);
    tools.stdout.write(json ? `${JSON.stringify(answers, null, 2)}\n` : tableOf(answers));
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
  /** What the script uses that this client has and our engine has not. */
  notEstablished: readonly string[];
}

const sayGap = ({ name, line }: Missing): string => `line ${line} uses ${name}`;

function tableOf(answers: readonly Answer[]): string {
  const width = Math.max(0, ...answers.map(({ profile }) => profile.length));
  const urls = [...new Set(answers.map(({ url }) => url))];
  const blocks = urls.map((url) => {
    const lines = answers
      .filter((answer) => answer.url === url)
      .map((answer) => `  ${answer.profile.padEnd(width)}  ${printable(sayAnswer(answer))}\n`);
    return `${printable(url)}\n${lines.join('')}`;
  });
  const gaps = new Map(answers.map(({ profile, notEstablished }) => [profile, notEstablished.join(', ')]));
  const notes = [...gaps]
    .filter(([, said]) => said !== '')
    .map(([profile, said]) => `  ${profile.padEnd(width)}  ${said}\n`);
  const head = notes.length > 0 ? '\nnot established: scripts see these there, and not here\n' : '';
  return blocks.join('\n') + head + notes.join('');
}

function sayAnswer({ consulted, routes, error, failedOpen }: Answer): string {
  const said = routes.join('; ') || 'no route';
  if (!consulted) return `${said}  (the script is not asked)`;
  if (!error) return failedOpen ? `${said}  (nothing usable in the answer)` : said;
  const place = error.line === undefined ? '' : `, line ${error.line}`;
  return `${said}  (${error.name}: ${error.message}${place})`;
}
