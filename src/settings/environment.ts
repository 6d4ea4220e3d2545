/** The variables that name proxies: read from the output of `set`, `env` or `export -p`, and looked up by choosers. */
import type { Reason, Setting } from './layers.ts';
import { because, reason } from './reason.ts';
import { placeAt } from './source.ts';
import type { SourceText } from './source.ts';

const variable = /^(?:(?:declare -x|export|set) )?([A-Za-z_][\w()]*)=(.*?)\r?$/gm;

/** Whether a text is such output: every line with ink is an assignment. */
export const isEnvironment = (text: string): boolean => {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  return lines.length > 0 && lines.every((line) => /^(?:(?:declare -x|export|set) )?[A-Za-z_][\w()]*=/.test(line));
};

/** Names keep their letter case: some clients look at one of them only. */
export function parseEnvironment(source: SourceText): Map<string, Setting<string>> {
  const found = new Map<string, Setting<string>>();
  for (const match of source.text.matchAll(variable)) {
    const [, name = '', text = ''] = match;
    if (!/^(?:https?|all|ftp|no|socks)_proxy$/i.test(name)) continue;
    const value = text.replace(/^(["'])(.*)\1$/, '$2');
    found.set(name, { value, origin: placeAt(source, match.index + match[0].indexOf(name)) });
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
