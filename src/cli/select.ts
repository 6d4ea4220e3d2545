/** Which of the loaded scenarios a command takes: by id, tags, text, profile and shard. */
import type { Command as Definition } from 'commander';

import { InputError } from '../failure.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { suggest } from '../scenario/suggest.ts';
import { gather, listOption, textOption } from './command.ts';
import type { Options } from './command.ts';
import { loadAll } from './load.ts';
import { parseTags } from './tags.ts';
import type { Tools } from './tools.ts';
import { shardOf } from './usage.ts';

/** The options of every command that takes scenarios. */
export const selectionOptions = (definition: Definition): Definition =>
  definition
    .option('--id <id>', 'only this scenario; may be given several times', gather)
    .option('--tag <expression>', "only scenarios with these tags: 'auth and not slow'")
    .option('--grep <text>', 'only scenarios whose id, name or file holds this text')
    .option('--profile <name>', 'only scenarios with a client of this profile')
    .option('--shard <i/n>', 'only every nth run, beginning with the ith');

export interface Selection {
  scenarios: Scenario[];
  /** Why there is nothing, when there is nothing. */
  nothing: string;
}

/** Throws InputError when a word or an option cannot be used, or when any file cannot be. */
export async function select(words: readonly string[], options: Options, tools: Tools): Promise<Selection> {
  const filters = [byId(options), byTag(options), byText(options), byProfile(options), byShard(options)];
  const { scenarios, problems, files } = await loadAll(words, tools);
  if (problems.length > 0) throw new InputError(problems);
  const rest = filters.reduce((left, filter) => filter(left), scenarios);
  return { scenarios: rest, nothing: files === 0 ? 'no scenario files here' : sayNothing(scenarios, options) };
}

type Filter = (scenarios: Scenario[]) => Scenario[];

const all: Filter = (scenarios) => scenarios;

function byId(options: Options): Filter {
  const ids = listOption(options, 'id');
  return ids.length === 0 ? all : (scenarios) => scenarios.filter(({ model }) => ids.includes(model.id));
}

function byTag(options: Options): Filter {
  const expression = textOption(options, 'tag');
  if (expression === undefined) return all;
  const taken = parseTags(expression);
  return (scenarios) => scenarios.filter(({ model }) => taken(model.tags));
}

function byText(options: Options): Filter {
  const text = textOption(options, 'grep')?.toLowerCase();
  if (text === undefined) return all;
  const holds = (part: string): boolean => part.toLowerCase().includes(text);
  return (scenarios) => scenarios.filter(({ model, file }) => [model.id, model.name, file].some(holds));
}

function byProfile(options: Options): Filter {
  const profile = textOption(options, 'profile');
  if (profile === undefined) return all;
  return (scenarios) =>
    scenarios.filter(({ model }) => Object.values(model.clients).some((client) => client.profile === profile));
}

function byShard(options: Options): Filter {
  const text = textOption(options, 'shard');
  if (text === undefined) return all;
  const { index, count } = shardOf(text);
  return (scenarios) => scenarios.filter((_, nth) => nth % count === index - 1);
}

/** The word that was probably misspelt. */
function sayNothing(scenarios: readonly Scenario[], options: Options): string {
  const known = {
    id: scenarios.map(({ model }) => model.id),
    tag: scenarios.flatMap(({ model }) => model.tags),
    profile: scenarios.flatMap(({ model }) => Object.values(model.clients).map(({ profile }) => profile)),
  };
  const wanted = {
    id: listOption(options, 'id')[0],
    tag: textOption(options, 'tag'),
    profile: textOption(options, 'profile'),
  };
  for (const name of ['id', 'tag', 'profile'] as const) {
    const word = wanted[name];
    const words: string[] = [...new Set(known[name])];
    const hint = word === undefined || words.includes(word) ? undefined : suggest(word, words);
    if (hint !== undefined) return `no scenario has the ${name} '${word}'; ${hint}`;
  }
  return `none of ${scenarios.length} runs fits the options`;
}
