/** What Wireshark's and Message Analyzer's filters have in common: tests of fields, and, or, not, parentheses, sets. */
import type { Expression, Range, Value } from './expression.ts';
import { kindOf } from './fields.ts';
import type { Field } from './fields.ts';
import { NotUnderstood, Tokens } from './tokens.ts';

export interface Grammar {
  /** The test that a word stands for by itself; undefined for a word it does not know. */
  word: (word: string) => Expression | undefined;
  equal: readonly string[];
  /** Whether `!=` holds for packets without the field. */
  unequal: 'with-field' | 'any-packet';
  /** Another sign of inequality, for packets with the field. */
  differs?: string;
  set: readonly [open: string, close: string];
}

/** Throws NotUnderstood with the part that is no syntax we know. */
export function parse(text: string, grammar: Grammar): Expression {
  const tokens = new Tokens(text);
  const expression = either(tokens, grammar);
  if (tokens.next) throw new NotUnderstood(tokens.next.text);
  return expression;
}

function either(tokens: Tokens, grammar: Grammar): Expression {
  const parts = [both(tokens, grammar)];
  while (tokens.takes('||', 'or')) parts.push(both(tokens, grammar));
  return parts.length === 1 ? (parts[0] as Expression) : { kind: 'or', parts };
}

function both(tokens: Tokens, grammar: Grammar): Expression {
  const parts = [one(tokens, grammar)];
  while (tokens.takes('&&', 'and')) parts.push(one(tokens, grammar));
  return parts.length === 1 ? (parts[0] as Expression) : { kind: 'and', parts };
}

function one(tokens: Tokens, grammar: Grammar): Expression {
  if (tokens.takes('!', 'not')) return { kind: 'not', part: one(tokens, grammar) };
  if (tokens.takes('(')) {
    const inner = either(tokens, grammar);
    tokens.need(')');
    return inner;
  }
  const { kind, text } = tokens.take();
  const test = kind === 'word' ? grammar.word(text) : undefined;
  if (!test) throw new NotUnderstood(text);
  return compared(test, tokens, grammar);
}

function compared(test: Expression, tokens: Tokens, grammar: Grammar): Expression {
  const { equal, unequal, differs, set } = grammar;
  if (tokens.takes(...equal)) return equals(test, [valueFor(test, tokens)]);
  if (tokens.takes('in')) return equals(test, members(test, tokens, set));
  if (tokens.takes('!=', 'ne')) return differing(test, [valueFor(test, tokens)], unequal);
  if (differs !== undefined && tokens.takes(differs)) return differing(test, [valueFor(test, tokens)], 'with-field');
  return test;
}

/** A test of a field without value, such as a retransmission, may be compared with true or 1 only. */
function equals(test: Expression, values: (Value | Range)[]): Expression {
  if (test.kind === 'test' && test.how === 'exists' && kindOf(test.field) !== 'none')
    return { kind: 'test', field: test.field, how: 'one-of', values };
  const [value] = values;
  if (values.length === 1 && typeof value === 'boolean') return value ? test : { kind: 'not', part: test };
  throw new NotUnderstood(JSON.stringify(value));
}

function differing(test: Expression, values: Value[], unequal: Grammar['unequal']): Expression {
  const same = equals(test, values);
  if (unequal === 'any-packet' || same.kind !== 'test') return { kind: 'not', part: same };
  return { ...same, how: 'all-others' };
}

function members(test: Expression, tokens: Tokens, [open, close]: Grammar['set']): (Value | Range)[] {
  tokens.need(open);
  const values: (Value | Range)[] = [];
  while (!tokens.takes(close)) {
    const range = /^(\d+)\.\.(\d+)$/.exec(tokens.next?.text ?? '');
    if (range) {
      tokens.take();
      values.push({ from: Number(range[1]), to: Number(range[2]) });
    } else values.push(valueFor(test, tokens));
    // Wireshark before 4.0 has blanks between members, and commas since.
    tokens.takes(',');
  }
  if (values.length === 0) throw new NotUnderstood(close);
  return values;
}

const fieldOf = (test: Expression): Field | undefined => (test.kind === 'test' ? test.field : undefined);

function valueFor(test: Expression, tokens: Tokens): Value {
  const field = fieldOf(test);
  const { kind, text } = tokens.take();
  if (kind === 'sign') throw new NotUnderstood(text);
  const valueKind = field === undefined ? 'none' : kindOf(field);
  if (valueKind === 'number') return numberIn(text);
  if (valueKind === 'address') return addressIn(text);
  return valueKind === 'text' ? text : flagIn(text);
}

function numberIn(text: string): number {
  if (!/^(?:\d+|0x[\da-f]+)$/i.test(text)) throw new NotUnderstood(text);
  return Number(text);
}

function addressIn(text: string): string {
  if (/^\d+(?:\.\d+){3}$/.test(text) || (/^[\da-f:]+$/i.test(text) && text.includes(':'))) return text.toLowerCase();
  throw new NotUnderstood(text);
}

function flagIn(text: string): boolean {
  if (/^(?:1|true)$/i.test(text)) return true;
  if (/^(?:0|false)$/i.test(text)) return false;
  throw new NotUnderstood(text);
}
