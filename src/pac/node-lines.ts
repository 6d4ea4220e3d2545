/**
 * Lines of helper calls in the user's file, for a script that pac-resolver has rewritten.
 *
 * The rewriting adds `async` and `await` and prints the whole text anew, but it neither adds nor moves calls. So the n-th
 * call in the printed text is the n-th call in the file.
 */
import { parse, type Node } from 'acorn';

/** 1-based line of the call of `fn` that a stack of the engine shows, or null. */
export type LineMap = (fn: string, stack: string) => number | null;

interface Place {
  readonly name: string;
  readonly line: number;
  readonly column: number;
}

/** Null when either text cannot be read, or they do not have the same calls. */
export function lineMap(source: string, rewritten: string): LineMap | null {
  const before = callsIn(source);
  const after = callsIn(rewritten);
  if (!before || !after || before.length !== after.length) return null;
  return (fn, stack) => {
    for (const match of stack.matchAll(/proxy\.pac:(\d+)(?::(\d+))?/g)) {
      const line = Number(match[1]);
      const column = Number(match[2] ?? 0);
      const near = after
        .map((place, index) => ({ ...place, index }))
        .filter((place) => place.name === fn && place.line === line)
        .sort((a, b) => Math.abs(a.column - column) - Math.abs(b.column - column))[0];
      if (near) return before[near.index]?.line ?? null;
    }
    return null;
  };
}

function callsIn(text: string): Place[] | null {
  const places: (Place & { start: number })[] = [];
  try {
    visit(parse(text, { ecmaVersion: 'latest', sourceType: 'script', locations: true, allowReserved: true }), places);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  return places.sort((a, b) => a.start - b.start);
}

function visit(node: unknown, places: (Place & { start: number })[]): void {
  if (Array.isArray(node)) {
    for (const each of node) visit(each, places);
    return;
  }
  if (typeof node !== 'object' || node === null || !('type' in node)) return;
  if (node.type === 'CallExpression') {
    const call = node as Node & { callee: { name?: string } }; // acorn's shape of a call
    const { line = 0, column = 0 } = call.loc?.start ?? {};
    places.push({ name: call.callee.name ?? '', line, column: column + 1, start: call.start });
  }
  for (const value of Object.values(node)) visit(value, places);
}
