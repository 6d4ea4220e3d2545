/** Operators of plain scripts: on values without identity the language leaves no room, so these are its own. */
import { longest, unsureHere, type Value } from './machine.ts';

type Binary = (a: Value, b: Value) => Value;

export const operators: Readonly<Record<string, Binary>> = {
  // oxlint-disable-next-line eqeqeq -- the operator of the script
  '==': (a, b) => a == b,
  // oxlint-disable-next-line eqeqeq -- the operator of the script
  '!=': (a, b) => a != b,
  '===': (a, b) => a === b,
  '!==': (a, b) => a !== b,
  '<': (a, b) => ordered(a, b, (x, y) => x < y),
  '>': (a, b) => ordered(a, b, (x, y) => x > y),
  '<=': (a, b) => ordered(a, b, (x, y) => x <= y),
  '>=': (a, b) => ordered(a, b, (x, y) => x >= y),
  '+': (a, b) => sum(a, b),
  '-': (a, b) => Number(a) - Number(b),
  '*': (a, b) => Number(a) * Number(b),
  '/': (a, b) => Number(a) / Number(b),
  '%': (a, b) => Number(a) % Number(b),
  '&': (a, b) => Number(a) & Number(b),
};

function ordered(a: Value, b: Value, compare: (x: string | number, y: string | number) => boolean): boolean {
  return typeof a === 'string' && typeof b === 'string' ? compare(a, b) : compare(Number(a), Number(b));
}

export function sum(a: Value, b: Value): Value {
  if (typeof a !== 'string' && typeof b !== 'string') return Number(a) + Number(b);
  const text = `${a}${b}`;
  return text.length > longest ? unsureHere() : text;
}
