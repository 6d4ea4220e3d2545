/** Reads the text that a run of the sandbox leaves behind. */
import { scriptName } from './prelude.ts';
import type { Profile } from './profile.ts';
import type { HelperCall, PacError } from './result.ts';

type Reported = [name: string, message: string, stack: string, fromEngine: boolean];

/** The error a prelude text holds, or null when it holds none. `profile` tells by how much the first line was shifted. */
export function errorFrom(text: string, phase: 'load' | 'call', profile: Profile): PacError | null {
  if (text === 'm') return { phase, name: 'NoEntryPoint', message: 'the entry function is gone' };
  if (!text.startsWith('e')) return null;
  const [name, message, stack, fromEngine] = JSON.parse(text.slice(1)) as Reported; // written by our own prelude
  if (fromEngine && /stack overflow/.test(message)) {
    return { phase, name: 'StackLimit', message: 'the script called itself too deeply', ...placeIn(stack, profile) };
  }
  if (fromEngine && /out of memory/.test(message)) {
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
export function callsFrom(progress: string): HelperCall[] {
  const [, , journal] = JSON.parse(progress) as [unknown, unknown, [string, unknown[], unknown, string][]]; // our own prelude
  return journal.map(([fn, args, result, stack]) => ({
    fn,
    args: args.map(revived),
    result: revived(result),
    line: lineIn(stack),
  }));
}

/** A value as the realm encodes it: `{"$undefined":true}` for undefined, `{"$number":…}` for NaN and infinities. */
export function revived(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('$undefined' in value) return undefined;
  if ('$number' in value) return Number(value.$number);
  return value;
}

const frame = new RegExp(`${scriptName}:(\\d+)(?::(\\d+))?`);

/** 1-based line of the innermost frame in the user's file, or null. */
export function lineIn(stack: string): number | null {
  const match = frame.exec(stack);
  return match ? Number(match[1]) : null;
}

function placeIn(stack: string, profile: Profile): { line?: number; column?: number } {
  const match = frame.exec(stack);
  if (!match) return {};
  const line = Number(match[1]);
  if (match[2] === undefined) return { line };
  const shift = profile.script.concatenated && line === 1 ? 2 : 0;
  return { line, column: Math.max(1, Number(match[2]) - shift) };
}
