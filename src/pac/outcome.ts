/** Reads the text that a run of the sandbox leaves behind. */
import { preludeName, scriptName } from './prelude.ts';
import type { Profile } from './profile.ts';
import { revived, type HelperCall, type PacError } from './result.ts';
import type { Place } from './termination.ts';

type Reported = [name: string, message: string, stack: string, fromEngine: boolean];

/** The error a prelude text holds, or null when it holds none. `profile` tells what stood before the file. */
export function errorFrom(text: string, phase: 'load' | 'call', profile: Profile): PacError | null {
  if (text === 'm') return { phase, name: 'NoEntryPoint', message: 'the entry function is gone' };
  if (!text.startsWith('e')) return null;
  const [name, message, stack, fromEngine] = JSON.parse(text.slice(1)) as Reported; // written by our own prelude
  if (fromEngine && /stack overflow/.test(message)) {
    return { phase, name: 'StackLimit', message: 'the script called itself too deeply', ...placeIn(stack, profile) };
  }
  if (fromEngine && /out of memory|string too long|invalid string length/.test(message)) {
    return {
      phase,
      name: 'MemoryLimit',
      message: 'the script used more memory than it may',
      ...placeIn(stack, profile),
    };
  }
  return { phase, name: name === '' ? message : name, message, ...placeIn(stack, profile) };
}

/** Helper calls of a traced run, from the JSON text the realm gives as its progress. */
export function callsFrom(progress: string, profile: Profile): HelperCall[] {
  const [, , journal] = JSON.parse(progress) as [unknown, unknown, [string, unknown[], unknown, string][]]; // our own prelude
  return journal.map(([fn, args, result, stack]) => ({
    fn,
    args: args.map(revived),
    result: revived(result),
    line: lineIn(stack, profile),
  }));
}

const frame = new RegExp(`${scriptName}:(\\d+)(?::(\\d+))?`);

/** Where a run stands, by the stack that the prelude takes inside it. */
export function placeOf(stack: string): Place {
  const [, ...frames] = stack.split('\n').filter((line) => !line.includes('(native)'));
  const [innermost = ''] = frames;
  if (innermost.includes(preludeName)) return 'helper';
  const match = frame.exec(innermost);
  return match ? { line: Number(match[1]), column: Number(match[2] ?? 1) } : null;
}

/** 1-based line of the innermost frame in the user's file, or null. */
function lineIn(stack: string, profile: Profile): number | null {
  const match = frame.exec(stack);
  return match ? Number(match[1]) - headLines(profile) : null;
}

/** Lines that stand before the user's file in what the engine was given. */
const headLines = (profile: Profile): number => (profile.script.concatenated ? 1 : 0);

function placeIn(stack: string, profile: Profile): { line?: number; column?: number } {
  const match = frame.exec(stack);
  if (!match) return {};
  const line = Number(match[1]) - headLines(profile);
  return match[2] === undefined ? { line } : { line, column: Number(match[2]) };
}
