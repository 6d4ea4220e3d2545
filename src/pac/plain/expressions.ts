/** Expressions of plain scripts, each made into a function of the frame. */
import { isNode, nameOf, type SyntaxNode } from '../syntax.ts';
import { NotPlain, textIn, unsureHere, type Expression, type Value } from './machine.ts';
import { call, listNamed, matchAsTruth, tableNamed } from './calls.ts';
import { operators, sum } from './operators.ts';
import type { Method } from './methods.ts';
import type { Declarations, Table } from './scope.ts';
import type { Twin, TwinTools } from './helpers.ts';
import type { HostMemory } from './ladder.ts';
import type { Watch } from './watch.ts';

export interface KnownHelper {
  readonly name: string;
  readonly twin: Twin;
}

/** What expressions of one function can name, and what they work with. */
export interface Scope extends TwinTools {
  /** Name of the function. */
  readonly within: string;
  readonly places: ReadonlyMap<string, number>;
  readonly declared: Declarations;
  /** Of the client; undefined for a name that is no helper. */
  readonly helper: (name: string) => KnownHelper | undefined;
  /** Told of every helper call and every return, when somebody wants to know. */
  readonly watch: Watch | null;
  readonly source: string;
  /** Of the function that the client calls, where nobody wants to see every call. */
  readonly hosts: HostMemory | null;
  readonly methods: Readonly<Record<string, Method>>;
  /** A call of a function of the script. */
  readonly callOf: (name: string, args: readonly Expression[]) => Expression;
}

/** Nesting that neither the compiler nor the running script may exceed. */
const deepest = 150;

export function expression(node: unknown, scope: Scope, depth = 0): Expression {
  if (!isNode(node) || depth > deepest) throw new NotPlain('nothing, or too deep');
  const inner = (child: unknown): Expression => expression(child, scope, depth + 1);
  switch (node.type) {
    case 'Literal':
      return literal(node);
    case 'Identifier':
      return variable(node, scope);
    case 'LogicalExpression':
      return logical(node, inner);
    case 'ConditionalExpression': {
      const test = condition(node['test'], scope, depth + 1);
      const [then, otherwise] = [inner(node['consequent']), inner(node['alternate'])];
      return (frame) => (test(frame) ? then(frame) : otherwise(frame));
    }
    case 'UnaryExpression':
      return node['operator'] === '!' ? negation(node, scope, depth) : unary(node, inner);
    case 'BinaryExpression':
      return node['operator'] === 'in' ? inTable(node, scope, inner) : binary(node, inner);
    case 'MemberExpression':
      return member(node, scope, inner);
    case 'CallExpression':
      return call(node, scope, inner);
    case 'AssignmentExpression':
    case 'UpdateExpression':
      return assignment(node, scope, inner);
    default:
      throw new NotPlain(node.type);
  }
}

/** An expression of which only the truth is asked. */
export function condition(node: unknown, scope: Scope, depth = 0): Expression {
  const inner = (child: unknown): Expression => expression(child, scope, depth + 1);
  const truth = (child: unknown): Expression => condition(child, scope, depth + 1);
  if (!isNode(node) || depth > deepest) return inner(node);
  if (node.type === 'LogicalExpression') return logical(node, truth);
  return (node.type === 'CallExpression' && matchAsTruth(node, scope, inner)) || expression(node, scope, depth);
}

function negation(node: SyntaxNode, scope: Scope, depth: number): Expression {
  const value = condition(node['argument'], scope, depth + 1);
  return (frame) => !value(frame);
}

function literal(node: SyntaxNode): Expression {
  const value = node['value'];
  if ('regex' in node || 'bigint' in node) throw new NotPlain('a literal');
  return () => value as Value;
}

function variable(node: SyntaxNode, scope: Scope): Expression {
  const name = String(node['name']);
  const place = scope.places.get(name);
  if (place !== undefined) return (frame) => frame[place];
  if (name === 'undefined') return () => undefined;
  if (!scope.declared.constants.has(name)) throw new NotPlain(name);
  const value = scope.declared.constants.get(name);
  return () => value;
}

/** A chain of one operator is one loop, however long it is. */
function logical(node: SyntaxNode, inner: (child: unknown) => Expression): Expression {
  const { operator } = node;
  const parts: unknown[] = [];
  let left: unknown = node;
  while (isNode(left) && left.type === 'LogicalExpression' && left['operator'] === operator) {
    parts.unshift(left['right']);
    left = left['left'];
  }
  const [first, ...rest] = [left, ...parts].map(inner) as [Expression, ...Expression[]];
  if (operator !== '||' && operator !== '&&') throw new NotPlain(String(operator));
  const wanted = operator === '||';
  return (frame) => {
    let value = first(frame);
    for (const next of rest) {
      if (Boolean(value) === wanted) return value;
      value = next(frame);
    }
    return value;
  };
}

function unary(node: SyntaxNode, inner: (child: unknown) => Expression): Expression {
  const value = inner(node['argument']);
  switch (node['operator']) {
    case '-':
      return (frame) => -Number(value(frame));
    case '+':
      return (frame) => Number(value(frame));
    case 'typeof':
      return (frame) => kindOf(value(frame));
    default:
      throw new NotPlain(String(node['operator']));
  }
}

const kindOf = (value: Value): string => (value === null ? 'object' : typeof value);

function binary(node: SyntaxNode, inner: (child: unknown) => Expression): Expression {
  const [left, right] = [inner(node['left']), inner(node['right'])];
  const operator = operators[String(node['operator'])];
  if (!operator) throw new NotPlain(String(node['operator']));
  return (frame) => operator(left(frame), right(frame));
}

const inherited: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype));

/** Entry of a table. What every object inherits is left to the engine. */
function entry(table: Table, key: Value): Value {
  const name = typeof key === 'number' ? String(key) : textIn(key);
  const value = table.get(name);
  return value === undefined && inherited.has(name) ? unsureHere() : value;
}

function inTable(node: SyntaxNode, scope: Scope, inner: (child: unknown) => Expression): Expression {
  const table = tableNamed(node['right'], scope);
  const key = inner(node['left']);
  if (!table) throw new NotPlain('in');
  return (frame) => {
    const name = textIn(key(frame));
    return table.has(name) || (inherited.has(name) ? unsureHere() : false);
  };
}

function member(node: SyntaxNode, scope: Scope, inner: (child: unknown) => Expression): Expression {
  const { object, property, computed } = node;
  if (node['optional']) throw new NotPlain('?.');
  const table = tableNamed(object, scope);
  const list = listNamed(object, scope);
  if (!computed) {
    if (nameOf(property) === 'length' && list) return () => list.length;
    if (table) return () => entry(table, nameOf(property));
    const text = inner(object);
    if (nameOf(property) !== 'length') throw new NotPlain('a property');
    return (frame) => textIn(text(frame)).length;
  }
  const key = inner(property);
  if (table) return (frame) => entry(table, key(frame));
  if (!list) throw new NotPlain('an index');
  return (frame) => {
    const at = key(frame);
    return typeof at === 'number' && Number.isInteger(at) ? list[at] : unsureHere();
  };
}

/** Of a variable of the function; anything else would be seen by the next request. */
function assignment(node: SyntaxNode, scope: Scope, inner: (child: unknown) => Expression): Expression {
  const update = node.type === 'UpdateExpression';
  const place = scope.places.get(nameOf(update ? node['argument'] : node['left']) ?? '');
  if (place === undefined) throw new NotPlain('an assignment');
  if (update) {
    const step = node['operator'] === '++' ? 1 : -1;
    return (frame) => {
      const before = Number(frame[place]);
      frame[place] = before + step;
      return node['prefix'] ? before + step : before;
    };
  }
  const value = inner(node['right']);
  if (node['operator'] === '=') return (frame) => (frame[place] = value(frame));
  if (node['operator'] !== '+=') throw new NotPlain(String(node['operator']));
  return (frame) => {
    const before = frame[place];
    return (frame[place] = sum(before, value(frame)));
  };
}
