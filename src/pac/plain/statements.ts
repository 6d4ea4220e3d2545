/** Statements of plain scripts. */
import { childrenOf, isNode, type SyntaxNode } from '../syntax.ts';
import { condition, expression, type Scope } from './expressions.ts';
import { NotPlain, type Expression, type Frame, type Value } from './machine.ts';
import { pointOf } from './watch.ts';

/** How a statement ended: on, out of a loop, to its next round, or with a value. */
export const next: unique symbol = Symbol('next');
const out: unique symbol = Symbol('break');
const again: unique symbol = Symbol('continue');
export type Statement = (frame: Frame) => Value | typeof next | typeof out | typeof again;

const deepest = 60;

/** Statements one after the other. */
export function sequence(nodes: readonly unknown[], scope: Scope, depth = 0): Statement {
  const steps = nodes.flatMap((node) => {
    if (!isNode(node) || depth > deepest) throw new NotPlain('nothing, or too deep');
    return node.type === 'EmptyStatement' || 'directive' in node ? [] : [statement(node, scope, depth)];
  });
  if (steps.length === 1 && steps[0]) return steps[0];
  return (frame) => {
    for (const step of steps) {
      const ended = step(frame);
      if (ended !== next) return ended;
    }
    return next;
  };
}

function statement(node: SyntaxNode, scope: Scope, depth: number): Statement {
  const inner = (child: unknown): Statement => sequence([child], scope, depth + 1);
  switch (node.type) {
    case 'BlockStatement':
      return sequence(node['body'] as unknown[], scope, depth + 1);
    case 'ReturnStatement':
      return returning(node, scope);
    case 'ExpressionStatement': {
      const value = expression(node['expression'], scope);
      return (frame) => (value(frame), next);
    }
    case 'VariableDeclaration':
      return declaration(node, scope);
    case 'IfStatement':
      return choice(node, scope, inner);
    case 'ForStatement':
      return loop(node, scope, inner);
    case 'WhileStatement':
      return loop(node, scope, inner);
    case 'BreakStatement':
    case 'ContinueStatement': {
      if (node['label']) throw new NotPlain('a label');
      return node.type === 'BreakStatement' ? () => out : () => again;
    }
    default:
      throw new NotPlain(node.type);
  }
}

function returning(node: SyntaxNode, scope: Scope): Statement {
  const { watch } = scope;
  const value = node['argument'] ? expression(node['argument'], scope) : () => undefined;
  if (!watch) return value;
  const point = pointOf(node, scope);
  return (frame) => {
    const result = value(frame);
    watch.returned(point);
    return result;
  };
}

function declaration(node: SyntaxNode, scope: Scope): Statement {
  const inits = childrenOf(node).flatMap((each) => {
    const place = scope.places.get(isNode(each['id']) ? String(each['id']['name']) : '');
    if (place === undefined) throw new NotPlain('a variable');
    return each['init'] ? [{ place, value: expression(each['init'], scope) }] : [];
  });
  return (frame) => {
    for (const { place, value } of inits) frame[place] = value(frame);
    return next;
  };
}

/** A chain of `else if` is one loop, however long it is. */
function choice(node: SyntaxNode, scope: Scope, inner: (child: unknown) => Statement): Statement {
  const ways: { test: Expression; then: Statement }[] = [];
  let rest: unknown = node;
  while (isNode(rest) && rest.type === 'IfStatement') {
    ways.push({ test: condition(rest['test'], scope), then: inner(rest['consequent']) });
    rest = rest['alternate'];
  }
  const otherwise: Statement = rest ? inner(rest) : () => next;
  const [only] = ways;
  if (ways.length === 1 && only) {
    const { test, then } = only;
    return (frame) => (test(frame) ? then(frame) : otherwise(frame));
  }
  return (frame) => {
    for (const { test, then } of ways) if (test(frame)) return then(frame);
    return otherwise(frame);
  };
}

function loop(node: SyntaxNode, scope: Scope, inner: (child: unknown) => Statement): Statement {
  const { init, test, update } = node;
  const declared = isNode(init) && init.type === 'VariableDeclaration';
  const first = declared ? declaration(init, scope) : init ? expression(init, scope) : () => next;
  const goesOn = test ? condition(test, scope) : () => true;
  const after = update ? expression(update, scope) : () => undefined;
  const body = inner(node['body']);
  return (frame) => {
    first(frame);
    for (; goesOn(frame); after(frame)) {
      scope.fuel.step();
      const ended = body(frame);
      if (ended === out) return next;
      if (ended !== next && ended !== again) return ended;
    }
    return next;
  };
}
