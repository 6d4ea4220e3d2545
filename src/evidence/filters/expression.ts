/** A filter as it was understood: tests of fields, joined by and, or, not. */
import type { Field } from './fields.ts';
import { valuesOf } from './fields.ts';
import type { Seen } from './seen.ts';

export type Value = string | number | boolean;
/** Both ends belong to it. */
export interface Range {
  from: number;
  to: number;
}

/** `exists`: the field is there. `all-others`: it is there, and none of its values is one of these. */
export type Expression =
  | { kind: 'and'; parts: Expression[] }
  | { kind: 'or'; parts: Expression[] }
  | { kind: 'not'; part: Expression }
  | { kind: 'test'; field: Field; how: 'exists' | 'one-of' | 'all-others'; values: (Value | Range)[] };

export function matches(expression: Expression, seen: Seen): boolean {
  if (expression.kind === 'and') return expression.parts.every((part) => matches(part, seen));
  if (expression.kind === 'or') return expression.parts.some((part) => matches(part, seen));
  if (expression.kind === 'not') return !matches(expression.part, seen);
  const own = valuesOf(expression.field, seen);
  if (expression.how === 'exists') return own.length > 0;
  const fits = own.map((value) => expression.values.some((wanted) => isOne(value, wanted)));
  return expression.how === 'one-of' ? fits.includes(true) : fits.length > 0 && !fits.includes(true);
}

function isOne(value: Value, wanted: Value | Range): boolean {
  if (typeof wanted === 'object') return typeof value === 'number' && value >= wanted.from && value <= wanted.to;
  return value === wanted;
}

/** Every test that must or may hold; what stands under `not` is left out. */
export function testsIn(expression: Expression): Extract<Expression, { kind: 'test' }>[] {
  if (expression.kind === 'not') return [];
  if (expression.kind === 'test') return expression.how === 'all-others' ? [] : [expression];
  return expression.parts.flatMap(testsIn);
}

/** As one types it into Wireshark. */
export function inWireshark(expression: Expression, inside = false): string {
  if (expression.kind === 'not') return `!(${inWireshark(expression.part)})`;
  if (expression.kind === 'test') return sayTest(expression);
  const text = expression.parts
    .map((part) => inWireshark(part, true))
    .join(expression.kind === 'and' ? ' && ' : ' || ');
  return inside ? `(${text})` : text;
}

function sayTest({ field, how, values }: Extract<Expression, { kind: 'test' }>): string {
  if (how === 'exists') return field;
  const said = values.map(sayValue);
  if (said.length > 1)
    return how === 'one-of' ? `${field} in {${said.join(', ')}}` : `!(${field} in {${said.join(', ')}})`;
  return `${field}${how === 'one-of' ? '==' : '!='}${said.join('')}`;
}

function sayValue(value: Value | Range): string {
  if (typeof value === 'object') return `${value.from}..${value.to}`;
  if (typeof value === 'boolean') return value ? '1' : '0';
  return typeof value === 'number' || /^[\d.:a-f]+$/i.test(value) ? String(value) : JSON.stringify(value);
}
