/** The variables that name proxies: read from the output of `set`, `env` or `export -p`, and looked up by choosers. */
import { InputError } from '../failure.ts';
import type { Reason, Setting } from './layers.ts';
import { because, reason } from './reason.ts';
import { placeAt, problemAt } from './source.ts';
import type { SourceText } from './source.ts';

/** One variable, with the offsets of its name and of the end of its value. */
export interface Assignment {
  name: string;
  value: string;
  index: number;
  end: number;
}

const assigned = /^(?:(?:declare -x|export|set|setenv) )?([A-Za-z_][\w()]*)=(.*?)\r?$/gm;
/** What a console shows above: the prompt with the command itself. */
const prompt = /^(?:[A-Za-z]:\\[^>]*>|PS [^>]*>|\S*[$#] ?).*$/;

/** Every variable in the output of `set`, `env`, `export -p` or `gci env:`; null when a text is no such output. */
export function assignmentsIn(text: string): Assignment[] | null {
  return tableIn(text) ?? listIn(text) ?? plainIn(text);
}

/** Assignments line by line; a value may go on in the next line, as Unix shells print functions. */
function plainIn(text: string): Assignment[] | null {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !prompt.test(line));
  const found = [...text.matchAll(assigned)].map((match): Assignment => {
    const [whole, name = '', value = ''] = match;
    return { name, value, index: match.index + whole.indexOf(name), end: match.index + whole.length };
  });
  const [first = ''] = lines;
  const begins = /^(?:(?:declare -x|export|set|setenv) )?[A-Za-z_][\w()]*=/.test(first);
  const most = found.length === lines.length || (found.length > 3 && found.length > lines.length / 2);
  return begins && most ? found : null;
}

/** PowerShell's `gci env:`: two columns below their names and a line of dashes. */
function tableIn(text: string): Assignment[] | null {
  const head = /^[ \t]*Name[ \t]+Value[ \t]*\r?\n[ \t]*-+[ \t]+-+[ \t]*\r?\n/m.exec(text);
  if (!head) return null;
  const from = head.index + head[0].length;
  return [...text.slice(from).matchAll(/^[ \t]*([A-Za-z_][\w().]*)[ \t]+(\S.*?)[ \t]*\r?$/gm)].map((match) => {
    const [whole, name = '', value = ''] = match;
    const index = from + match.index + whole.indexOf(name);
    return { name, value, index, end: from + match.index + whole.length };
  });
}

/** The same as a list (`| fl`): long values go on in lines that begin with blanks. */
function listIn(text: string): Assignment[] | null {
  const pairs = /^Name {1,4}: (\S+)[ \t]*\r?\n(?:Key {1,4}: .*\r?\n)?Value : (.*(?:\r?\n {8}\S.*)*)/gm;
  const found = [...text.matchAll(pairs)].map((match): Assignment => {
    const [whole, name = '', value = ''] = match;
    const index = match.index + whole.indexOf(name);
    return { name, value: value.replace(/\r?\n {8}/g, '').trimEnd(), index, end: match.index + whole.length };
  });
  return found.length > 0 ? found : null;
}

/** Whether a text is such output. */
export const isEnvironment = (text: string): boolean => assignmentsIn(text) !== null;

/** Variables that programs look at for a proxy. */
export const isProxyVariable = (name: string): boolean => /^(?:https?|all|ftp|no|socks)_proxy$/i.test(name);

/** Names keep their letter case: some clients look at one of them only. */
export function parseEnvironment(source: SourceText): Map<string, Setting<string>> {
  const found = new Map<string, Setting<string>>();
  for (const { name, value: text, index } of assignmentsIn(source.text) ?? []) {
    if (!isProxyVariable(name)) continue;
    if (/(?:\.{3}|…)$/.test(text))
      throw new InputError([
        problemAt(source, `the value of ${name} is cut off`, index, 'PowerShell prints it whole with: gci env: | fl'),
      ]);
    found.set(name, { value: text.replace(/^(["'])(.*)\1$/, '$2'), origin: placeAt(source, index) });
  }
  return found;
}

export type Named = readonly [name: string, setting: Setting<string>];

/** The first of these variables that is there; an empty one is as good as none. */
export function firstSet(
  environment: ReadonlyMap<string, Setting<string>>,
  names: readonly string[],
): Named | undefined {
  for (const name of names) {
    const setting = environment.get(name);
    if (setting && setting.value !== '') return [name, setting];
  }
  return undefined;
}

export const told = (named: Named | undefined, mark: Reason['mark']): Reason[] =>
  named ? because('environment', named[0], named[1], { mark }) : [];

/** The same reasons, or, where there are none, that nothing is set. */
export const sayNone = (reasons: readonly Reason[], scheme: string, mark: Reason['mark']): readonly Reason[] =>
  reasons.length > 0 ? reasons : [reason('built-in', `${scheme}_proxy`, 'absent', { mark })];
