import type { Explanation } from '../../pac/index.ts';
import { printable } from '../../printable.ts';
import { textOption } from '../command.ts';
import type { Command } from '../command.ts';
import { notAScript, oneProfile, profileOf, readScript, urlOf, worldOf, worldOptions } from '../pac-options.ts';
import { exitCodes } from '../tools.ts';

export const pacExplain: Command = {
  name: 'pac explain',
  summary: 'which line decided, every helper call, names asked, and what other clients would do',
  group: 'PAC',
  usage: '<pac> <url>',
  examples: [
    'pac explain corp.pac https://intranet.corp.example/',
    'pac explain corp.pac https://a.example/ --profile firefox --dns a.example=10.1.2.3',
  ],
  options: (definition) => worldOptions(oneProfile(definition)).option('--json', 'print as JSON'),
  async run([file = '', url = ''], options, tools) {
    const { explain, profileNames } = await import('../../pac/index.ts');
    const profile = profileOf(textOption(options, 'profile') ?? 'chromium', profileNames);
    const source = await readScript(file, tools);
    const told = await explain(source, urlOf(url), { ...worldOf(options), profile });
    const { error } = told.resolution;
    if (error?.phase === 'load') throw notAScript(file, source, error);
    tools.stdout.write(options['json'] === true ? `${JSON.stringify(told, null, 2)}\n` : story(file, told));
    return error ? exitCodes.no : exitCodes.yes;
  },
};

function story(file: string, { url, profile, resolution, decidedBy, others, notEstablished }: Explanation): string {
  const { consulted, script, routes, calls, names, error, runs } = resolution;
  const width = Math.max(...others.map((other) => other.profile.length));
  const lines = [
    url,
    `  ${profile} goes by ${routes.join('; ') || 'no route'}${consulted ? '' : ' and does not ask the script'}`,
    ...(script
      ? ['', `  asked as     FindProxyForURL(${JSON.stringify(script.url)}, ${JSON.stringify(script.host)})`]
      : []),
    ...(decidedBy ? [`  decided at   ${file}:${decidedBy.line}:${decidedBy.column}  ${decidedBy.text.trim()}`] : []),
    ...(error
      ? [`  failed       ${error.name}: ${error.message}${error.line === undefined ? '' : `, line ${error.line}`}`]
      : []),
    ...(runs > 1 ? [`  ran          ${runs} times: each new DNS answer starts the script again`] : []),
    ...(names.length > 0 ? [`  asked DNS    ${names.join(', ')}`] : []),
    ...(calls.length > 0 ? ['', '  helper calls'] : []),
    ...calls.map(({ fn, args, result, line }) => {
      const given = args.map((value) => JSON.stringify(value)).join(', ');
      return `    line ${String(line ?? '?').padStart(4)}   ${fn}(${given}) → ${JSON.stringify(result) ?? 'undefined'}`;
    }),
    '',
    '  other clients',
    ...others.map((other) => {
      const same = other.same ? 'the same' : other.resolution.routes.join('; ') || 'no route';
      const why = other.resolution.error ? `  (${other.resolution.error.name})` : '';
      return `    ${other.profile.padEnd(width)}   ${same}${why}`;
    }),
    ...(notEstablished.length > 0 ? ['', `  not established for ${profile}`] : []),
    ...notEstablished.map(({ field, why }) => `    ${field}: ${why}`),
  ];
  return `${lines.map(printable).join('\n')}\n`;
}
