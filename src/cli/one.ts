/** The one scenario of a command that serves a lab: a file, the id of a file nearby, or of one that came with the program. */
import { InputError } from '../failure.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { suggest } from '../scenario/suggest.ts';
import { nameOf, readInput, usualFolder } from './load.ts';
import type { Tools } from './tools.ts';
import { misused } from './usage.ts';

/** WPAD, a script and a proxy, all of them well. */
const usual = 'base-wpad-proxy-ok';

/** `row` picks a row of the matrix: its number from 1, or `name=value`; the first unless given. */
export async function oneScenario(word: string | undefined, row: string | undefined, tools: Tools): Promise<Scenario> {
  const file = await fileOf(word ?? usual, tools);
  const { loadSource } = await import('../library/load.ts');
  const rows = await loadSource({ file, content: await readInput(file, tools) }, { mayExpectNothing: true });
  const found = row === undefined ? rows[0] : rows.find((each, index) => isRow(each, index, row));
  if (!found) throw misused(`'${file}' has no row '${row}'`, `rows are ${rows.map(sayRow).join('; ')}`);
  return found;
}

function isRow({ row }: Scenario, index: number, wanted: string): boolean {
  if (/^\d+$/.test(wanted)) return index === Number(wanted) - 1;
  const [name = '', value = ''] = wanted.split(/=(.*)/s);
  return sayValue(row[name]) === value;
}

const sayValue = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const sayRow = ({ row }: Scenario, index: number): string =>
  `${index + 1}: ${
    Object.entries(row)
      .map(([name, value]) => `${name}=${sayValue(value)}`)
      .join(' ') || 'the only one'
  }`;

async function fileOf(word: string, { files, home }: Tools): Promise<string> {
  const kind = await files.kind(word);
  if (kind === 'file') return word;
  if (kind === 'folder') throw misused(`'${word}' is a folder; a lab is made of one scenario`);
  const ids: string[] = [];
  for (const folder of [usualFolder, `${home}/${usualFolder}`]) {
    if ((await files.kind(folder)) !== 'folder') continue;
    for (const path of await files.scenarios(folder)) {
      const id = nameOf(path);
      if (id === word) return path;
      ids.push(id);
    }
  }
  const hint = suggest(word, ids);
  throw new InputError([
    { message: `'${word}' is neither a file nor the id of a scenario`, ...(hint === undefined ? {} : { hint }) },
  ]);
}
