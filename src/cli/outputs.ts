/** `--reporter list,junit:out.xml`: which reports are written, and where to. */
import type { Reporter, Screen, Sink } from '../report/reporter.ts';
import { suggest } from '../scenario/suggest.ts';
import type { OutputFile, Tools } from './tools.ts';
import { misused } from './usage.ts';

/** In words, since the reporters themselves are loaded when they are needed. */
export const reporterNames =
  'list, dot, json, junit, tap, github, sarif, blob, beside, html; to a file after the colon';

export interface Wish {
  name: string;
  /** Standard output when absent. */
  file?: string;
}

/** Reads the option; several may be given, and each may hold several. */
export const parseWishes = (texts: readonly string[]): Wish[] =>
  texts
    .flatMap((text) => text.split(','))
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map((text) => {
      const colon = text.indexOf(':');
      if (colon < 0) return { name: text };
      if (colon === text.length - 1) throw misused(`--reporter ${text} names no file after the colon`);
      return { name: text.slice(0, colon), file: text.slice(colon + 1) };
    });

/** A file is nobody's terminal. */
const page: Screen = { colour: false, interactive: false, columns: 100 };

export interface Outputs extends Disposable {
  destinations: { reporter: Reporter; sink: Sink }[];
}

/** Opens what the wishes name. Throws InputError for an unknown reporter, LabError for a file that cannot be made. */
export function openOutputs(wishes: readonly Wish[], known: readonly Reporter[], tools: Tools): Outputs {
  const names = known.map(({ name }) => name);
  const chosen = wishes.map((wish) => {
    const reporter = known.find(({ name }) => name === wish.name);
    if (!reporter) throw misused(`unknown reporter '${wish.name}'`, suggest(wish.name, names));
    return { wish, reporter };
  });
  const files: OutputFile[] = [];
  const destinations = chosen.map(({ wish, reporter }) => {
    if (wish.file === undefined) return { reporter, sink: tools.stdout };
    const file = tools.files.create(wish.file);
    files.push(file);
    return { reporter, sink: { screen: page, write: (text: string) => file.write(text) } };
  });
  return {
    destinations,
    [Symbol.dispose]() {
      for (const file of files) file.close();
    },
  };
}
