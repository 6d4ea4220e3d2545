/** Plain scripts that need not be loaded into the engine first, because nothing can go wrong there. */
import { tokenizer } from 'acorn';
import { jscriptSyntaxError } from '../jscript.ts';
import type { Profile } from '../profile.ts';
import type { Entry } from '../result.ts';
import { nameOf, parseScript } from '../syntax.ts';
import { plainScript, type PlainScript } from './index.ts';

export interface Alone {
  readonly script: PlainScript;
  readonly entry: Entry;
}

/** Longest script: far from any limit of the engine. */
const longest = 500_000;

/** Null where the engine has to say whether the script can be loaded, and what its entry is. */
export async function plainAlone(source: string, profile: Profile): Promise<Alone | null> {
  try {
    return await found(source, profile);
  } catch (error) {
    if (error instanceof RangeError) return null; // too deep for the host's stack
    throw error;
  }
}

async function found(source: string, profile: Profile): Promise<Alone | null> {
  const { mustContain, language, entries } = profile.script;
  if (profile.engine !== 'sandbox' || source.length > longest || !isPlainText(source)) return null;
  if (mustContain !== null && !source.includes(mustContain)) return null;
  const { tree } = parseScript(source);
  const names = ((tree?.['body'] ?? []) as { type: string; id?: unknown }[]).map(({ type, id }) =>
    type === 'FunctionDeclaration' ? nameOf(id) : null,
  );
  const entry = entries.find((name) => names.includes(name));
  const script = entry === undefined ? null : plainScript(source, profile, entry);
  if (!entry || !script || (language === 'jscript' && (await jscriptSyntaxError(source)))) return null;
  return { script, entry };
}

/** Engines know different editions of Unicode: beyond ASCII there are texts and comments only. */
function isPlainText(source: string): boolean {
  if (!/[^\0-\x7f]/.test(source)) return true;
  if (/\p{Cs}|[\u2028\u2029\ufeff]/u.test(source)) return false;
  let rest = '';
  let from = 0;
  const skip = (start: number, end: number): void => {
    rest += source.slice(from, start);
    from = end;
  };
  try {
    const onComment = (_block: boolean, _text: string, start: number, end: number): void => skip(start, end);
    const tokens = tokenizer(source, { ecmaVersion: 'latest', onComment });
    for (const { type, start, end } of tokens) if (type.label === 'string') skip(start, end);
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
  return !/[^\0-\x7f]/.test(rest + source.slice(from));
}
