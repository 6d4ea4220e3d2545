/** Output of `set`, `env` or `export -p`: the variables that name proxies. */
import type { Setting } from './layers.ts';
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
