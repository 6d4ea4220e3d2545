/** Statements of plain scripts. */
import { childrenOf, isNode, type SyntaxNode } from '../syntax.ts';
import { condition, expression, type Scope } from './expressions.ts';
import { firstHolding } from './ladder.ts';
import { NotPlain, type Frame, type Value } from './machine.ts';
import { pointOf } from './watch.ts';

/** How a statement ended: on, out of a loop, to its next round, or with a value. */
export const next: unique symbol = Symbol('next');
const out: unique symbol = Symbol('break');
const again: unique symbol = Symbol('continue');
export type Statement = (frame: Frame) => Value | typeof next | typeof out | typeof again;

const deepest = 60;

/** Statements one after the other. */
export function sequence(nodes: readonly unknown[], scope: Scope, depth = 0): Statement {
  const kept = nodes.filter((node) => {
    if (!isNode(node) || depth > deepest) throw new NotPlain('nothing, or too deep');
    return node.type !== 'EmptyStatement' && !('directive' in node);
  }) as SyntaxNode[];
  const steps: Statement[] = [];
  for (let at = 0; at < kept.length;) {
    const questions = questionsFrom(kept, at);
    const several = questions.length > 1;
    steps.push(several ? inRow(questions, scope, depth) : statement(kept[at] as SyntaxNode, scope, depth));
    at += several ? questions.length : 1;
  }
  if (steps.length === 1 && steps[0]) return steps[0];
  return (frame) => {
    for (const step of steps) {
      const ended = step(frame);
      if (ended !== next) return ended;
    }
    return next;
  };
}

/** Statements `if` without `else`, in a row from here on. */
function questionsFrom(nodes: readonly SyntaxNode[], from: number): readonly SyntaxNode[] {
  let to = from;
  while (nodes[to]?.type === 'IfStatement' && !nodes[to]?.['alternate']) to++;
  return nodes.slice(from, to);
}

function inRow(nodes: readonly SyntaxNode[], scope: Scope, depth: number): Statement {
  const asked = nodes.map((node) => node['test'] as SyntaxNode);
  const bodies = nodes.map((node) => sequence([node['consequent']], scope, depth + 1));
  const tests = asked.map((test) => condition(test, scope));
  const first = firstHolding(asked, tests, scope);
  return (frame) => {
    for (let at = first(frame, 0); at < tests.length; at = first(frame, at + 1)) {
      // `undefined` is a value that a script may return.
      const ended = (bodies[at] as Statement)(frame);
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
  const asked: SyntaxNode[] = [];
  const ways: Statement[] = [];
  let rest: unknown = node;
  while (isNode(rest) && rest.type === 'IfStatement') {
    asked.push(rest['test'] as SyntaxNode);
    ways.push(inner(rest['consequent']));
    rest = rest['alternate'];
  }
  const tests = asked.map((test) => condition(test, scope));
  const otherwise: Statement = rest ? inner(rest) : () => next;
  const [only] = tests;
  const [way] = ways;
  if (tests.length === 1 && only && way) return (frame) => (only(frame) ? way(frame) : otherwise(frame));
  const first = firstHolding(asked, tests, scope);
  return (frame) => (ways[first(frame, 0)] ?? otherwise)(frame);
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
