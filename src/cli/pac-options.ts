/** What every `pac` command takes: whose rules, which names resolve, which clock; and how its files are read. */
import type { Command as Definition } from 'commander';

import { InputError } from '../failure.ts';
import type { PacError, ProfileName, ResolveOptions } from '../pac/index.ts';
import { gather, listOption, textOption } from './command.ts';
import type { Options } from './command.ts';
import { readInput } from './load.ts';
import type { Tools } from './tools.ts';
import { misused, unknownWord } from './usage.ts';

/** The world around the script. */
export const worldOptions = (definition: Definition): Definition =>
  definition
    .option('--dns <name=ip,...>', 'what a name resolves to; may be given several times; others do not resolve', gather)
    .option('--my-ip <ip>', "the machine's own address; may be given several times", gather)
    .option('--at <time>', "the script's clock, such as 2026-03-02T08:00:00Z (default: now)")
    .option('--zone <name>', 'time zone of that clock, such as Europe/Berlin');

export const urlsOption = (definition: Definition): Definition =>
  definition.option('--urls <file>', 'a file with URLs: one a line, CSV, a proxy’s access log, or HAR');

export const oneProfile = (definition: Definition): Definition =>
  definition.option('--profile <name>', 'whose rules (default: chromium)');

export function worldOf(options: Options): ResolveOptions {
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

/** Throws InputError for a word that is no profile. */
export function profileOf(word: string, known: readonly ProfileName[]): ProfileName {
  const profile = known.find((name) => name === word);
  if (profile === undefined) throw unknownWord('profile', word, known);
  return profile;
}

export function urlOf(word: string): string {
  if (!URL.canParse(word)) throw misused(`'${word}' is not a URL`, 'such as https://host.example/');
  return word;
}

/** The text of a PAC file. Throws InputError for a file that is not there, or holds nothing. */
export async function readScript(file: string, tools: Tools): Promise<string> {
  const source = new TextDecoder().decode(await readInput(file, tools));
  if (source.trim() === '') throw misused(`'${file}' is empty`);
  return source;
}

/** A script that is no JavaScript, at its place. */
export function notAScript(file: string, source: string, { name, message, line, column = 1 }: PacError): InputError {
  const text = line === undefined ? undefined : source.split('\n')[line - 1];
  return new InputError([
    {
      message: `${name}: ${message}`,
      ...(line === undefined ? {} : { at: { file, line, column } }),
      ...(text === undefined ? {} : { source: text }),
    },
  ]);
}

/** A text that no client can read would make all of them "differ", or everything "move". Throws InputError with the place. */
export async function refuseBroken(file: string, source: string): Promise<void> {
  const { lint } = await import('../pac/index.ts');
  const broken = (await lint(source)).find(({ rule }) => rule === 'syntax');
  if (!broken) return;
  const { line, column, message, fix } = broken;
  throw new InputError([
    { message, hint: fix, at: { file, line, column }, source: source.split('\n')[line - 1] ?? '' },
  ]);
}

/** URLs from words and from `--urls`; at least one, each once. */
export async function urlsFrom(words: readonly string[], options: Options, tools: Tools): Promise<string[]> {
  const urls = words.map(urlOf);
  const file = textOption(options, 'urls');
  if (file !== undefined) {
    const { readAccessLog } = await import('../pac/index.ts');
    for await (const { entries } of readAccessLog(tools.files.stream(file)))
      urls.push(...entries.map(({ url }) => url));
  }
  const usable = [...new Set(urls)].filter((url) => URL.canParse(url));
  if (usable.length === 0) throw misused('no URLs', 'give some after the PAC file, or in a file with --urls');
  return usable;
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
