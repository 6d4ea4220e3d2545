/** From the words of the command line (files, folders, ids) to scenarios. */
import { InputError } from '../failure.ts';
import type { Problem } from '../failure.ts';
import { sayReadError } from '../scenario/reading.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { suggest } from '../scenario/suggest.ts';
import type { Tools } from './tools.ts';
import { misused } from './usage.ts';

/** Where scenarios are looked for when no path is given, and when a word is an id. */
export const usualFolder = 'scenarios';

export interface Loaded {
  scenarios: Scenario[];
  /** How many files were read. */
  files: number;
  /** What is wrong in any of them. */
  problems: Problem[];
}

/** Everything that the words name, or the usual folder. Throws InputError for a word that names nothing. */
export async function loadAll(words: readonly string[], tools: Tools): Promise<Loaded> {
  if (words.length === 0) return loadFiles(await filesAt(usualFolder, tools), tools);
  const files: string[] = [];
  const ids: string[] = [];
  for (const word of words) {
    const found = await filesAt(word, tools);
    if (await tools.files.kind(word)) files.push(...found);
    else ids.push(word);
  }
  const loaded = await loadFiles([...new Set(files)], tools);
  if (ids.length === 0) return loaded;
  const scenarios = await byIds(ids, tools);
  return { ...loaded, scenarios: [...loaded.scenarios, ...scenarios], files: loaded.files + scenarios.length };
}

async function filesAt(path: string, { files }: Tools): Promise<string[]> {
  const kind = await files.kind(path);
  if (kind === 'folder') return files.scenarios(path);
  return kind === 'file' ? [path] : [];
}

/** Scenarios by their ids: of the usual folder, else of those that came with the program. */
async function byIds(ids: readonly string[], tools: Tools): Promise<Scenario[]> {
  const near = await loadFiles(await filesAt(usualFolder, tools), tools);
  const known = idsOf(near);
  const others = ids.filter((id) => !known.has(id));
  // Files that nobody asked for may be broken; one that is called after the id explains more than a stranger of that id.
  const own = near.problems.filter(({ at }) => at !== undefined && others.includes(nameOf(at.file)));
  if (own.length > 0) throw new InputError(own);
  const shipped = others.length > 0 ? await filesAt(`${tools.home}/${usualFolder}`, tools) : [];
  const far = await loadFiles(
    shipped.filter((file) => others.includes(nameOf(file))),
    tools,
  );
  const unknown = others.find((id) => !idsOf(far).has(id));
  if (unknown !== undefined) throw noSuch(unknown, [...known, ...shipped.map(nameOf)]);
  return [...near.scenarios, ...far.scenarios].filter(({ model }) => ids.includes(model.id));
}

const noSuch = (id: string, known: readonly string[]): Error =>
  misused(`'${id}' is neither a file, nor a folder, nor the id of a scenario`, suggest(id, [...new Set(known)]));

const idsOf = ({ scenarios }: Loaded): Set<string> => new Set(scenarios.map(({ model }) => model.id));

/** The file of a scenario is called after its id. */
export const nameOf = (file: string): string => file.replace(/^.*\//, '').replace(/\.ya?ml$/, '');

async function loadFiles(files: readonly string[], tools: Tools): Promise<Loaded> {
  const engine = await tools.engine();
  const scenarios: Scenario[] = [];
  const problems: Problem[] = [];
  for (const file of files) {
    try {
      scenarios.push(...(await engine.load(await readInput(file, tools), file, tools.files)));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(...error.problems);
    }
  }
  return { scenarios, files: files.length, problems: [...problems, ...doubles(scenarios)] };
}

/** The bytes of a file that the command line names. Throws InputError when it cannot be read. */
export async function readInput(file: string, tools: Tools): Promise<Uint8Array> {
  try {
    return await tools.files.read(file);
  } catch (error) {
    throw misused(`'${file}' ${sayReadError(error)}`);
  }
}

/** An id stands for one file: it is how people, reports and diagnoses name the story. */
function doubles(scenarios: readonly Scenario[]): Problem[] {
  const home = new Map<string, string>();
  const problems = new Map<string, Problem>();
  for (const scenario of scenarios) {
    const { file, model } = scenario;
    const first = home.get(model.id) ?? file;
    home.set(model.id, first);
    if (first !== file)
      problems.set(file, {
        message: `the id '${model.id}' belongs to ${first} already`,
        at: scenario.at(['id']),
        path: 'id',
      });
  }
  return [...problems.values()];
}
