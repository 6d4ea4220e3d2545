/** Calls in plain scripts: of helpers, of the script's own functions, and of methods of texts. */
import { isNode, nameOf, type SyntaxNode } from '../syntax.ts';
import type { KnownHelper, Scope } from './expressions.ts';
import { NotPlain, textIn, type Expression, type Value } from './machine.ts';
import { boundedTest } from './regular.ts';
import type { Table } from './scope.ts';
import type { Watch } from './watch.ts';

const outside = (node: unknown, scope: Scope): string => {
  const name = nameOf(node) ?? '';
  return scope.places.has(name) ? '' : name;
};
export const tableNamed = (node: unknown, scope: Scope): Table | undefined =>
  scope.declared.tables.get(outside(node, scope));
export const listNamed = (node: unknown, scope: Scope): readonly Value[] | undefined =>
  scope.declared.lists.get(outside(node, scope));

export function call(node: SyntaxNode, scope: Scope, inner: (child: unknown) => Expression): Expression {
  const { callee } = node;
  const given = node['arguments'] as unknown[];
  if (!isNode(callee) || node['optional']) throw new NotPlain('a call');
  if (callee.type === 'MemberExpression') return methodCall(callee, given.map(inner), scope, inner);
  const name = outside(callee, scope);
  if (scope.declared.functions.has(name)) return scope.callOf(name, given.map(inner));
  const helper = scope.helper(name);
  if (!helper) throw new NotPlain(name);
  const literals = given.map((each) =>
    isNode(each) && each.type === 'Literal' ? (each['value'] as Value) : undefined,
  );
  const args = given.map(inner);
  return scope.watch?.ofCalls
    ? notedCall(helper, args, literals, scope, scope.watch, lineOf(node, callee, scope.source))
    : helper.twin.make(args, literals, scope);
}

/** The line of the parenthesis, as the engine counts. */
function lineOf(node: SyntaxNode, callee: SyntaxNode, source: string): number {
  const before = source.slice(callee.end, source.indexOf('(', callee.end));
  return callee.loc.end.line + (before.match(/\r\n?|[\n\u2028\u2029]/g)?.length ?? 0);
}

function notedCall(
  { name, twin }: KnownHelper,
  args: readonly Expression[],
  literals: readonly Value[],
  scope: Scope,
  watch: Watch,
  line: number,
): Expression {
  let values: Value[] = [];
  const call = twin.make(
    args.map((_, at) => () => values[at]),
    literals,
    scope,
  );
  return (frame) => {
    values = args.map((each) => each(frame));
    const given = twin.parameters === null ? values : values.slice(0, twin.parameters);
    const result = call(frame);
    watch.called({ fn: name, args: given, result, line });
    return result;
  };
}

function methodCall(
  callee: SyntaxNode,
  args: readonly Expression[],
  scope: Scope,
  inner: (child: unknown) => Expression,
): Expression {
  const { object, property, computed, optional } = callee;
  const name = nameOf(property) ?? '';
  if (computed || optional) throw new NotPlain('a method');
  const [first = () => undefined] = args;
  const pattern = patternOf(object, scope);
  if (pattern) return patternTest(pattern, name, args, scope);
  const list = listNamed(object, scope);
  if (list && name === 'indexOf' && args.length === 1) return (frame) => list.indexOf(first(frame));
  const table = tableNamed(object, scope);
  if (table && name === 'hasOwnProperty') return (frame) => table.has(textIn(first(frame)));
  const method = Object.hasOwn(scope.methods, name) ? scope.methods[name] : undefined;
  if (!method) throw new NotPlain(name);
  const text = inner(object);
  return (frame) => {
    const self = textIn(text(frame));
    const given = args.map((each) => each(frame));
    const [wanted] = given;
    if (typeof wanted === 'string') scope.fuel.compare(self.length, wanted.length);
    return method(self, given);
  };
}

type Pattern = { readonly pattern: string; readonly flags: string };

/** The regular expression that stands there, or at the top under this name. */
function patternOf(node: unknown, scope: Scope): Pattern | undefined {
  const holder = scope.declared.patterns.get(outside(node, scope)) ?? node;
  return isNode(holder) && 'regex' in holder ? (holder['regex'] as Pattern) : undefined;
}

function patternTest(
  { pattern, flags }: Pattern,
  method: string,
  [text]: readonly Expression[],
  { fuel }: Scope,
): Expression {
  const matches = method === 'test' ? boundedTest(pattern, flags, fuel) : null;
  if (!matches || !text) throw new NotPlain('a regular expression');
  return (frame) => matches(textIn(text(frame)));
}

/** `text.match(/a/)` where only its truth is asked; null for another node. */
export function matchAsTruth(node: SyntaxNode, scope: Scope, inner: (child: unknown) => Expression): Expression | null {
  const { callee } = node;
  const [argument, more] = node['arguments'] as unknown[];
  if (!isNode(callee) || callee.type !== 'MemberExpression' || callee['computed'] || callee['optional']) return null;
  const pattern = nameOf(callee['property']) === 'match' && !more ? patternOf(argument, scope) : undefined;
  return pattern ? patternTest(pattern, 'test', [inner(callee['object'])], scope) : null;
}
