/** What a client finds wrong with a script before any request. */
import { jscriptSyntaxError } from './jscript.ts';
import type { Profile } from './profile.ts';
import type { PacError } from './result.ts';

/** What it finds wrong before it runs anything. */
export async function refusalOf(source: string, { script }: Profile): Promise<PacError | null> {
  const { mustContain, language } = script;
  if (mustContain !== null && !source.includes(mustContain)) {
    return { phase: 'load', name: 'NoEntryPoint', message: `the body does not contain the text ${mustContain}` };
  }
  return language === 'jscript' ? jscriptSyntaxError(source) : null;
}

/** What it finds wrong when the file has run: `entry` is the entry function that is there, or "". */
export function entryMissing(entry: string, { script }: Profile): PacError | null {
  if (entry !== '') return null;
  const wanted = script.entries.join(' or ');
  return { phase: 'load', name: 'NoEntryPoint', message: `the script defines no function ${wanted}` };
}
