/**
 * Tests that look at the host alone give the same for it each time. Of many in a row, the first that holds is kept for the
 * hosts that came before: logs ask about few hosts again and again, and long scripts ask each host three hundred questions.
 */
import { childrenOf, isNode, nameOf, visit, type SyntaxNode } from '../syntax.ts';
import type { Scope } from './expressions.ts';
import type { Expression, Frame } from './machine.ts';

/** Hosts kept for one script; beyond that all are forgotten. */
const mostHosts = 10_000;
/** Fewer tests are asked faster than looked up. */
const shortest = 8;
const unknown = -1;
/** So many fit into the numbers that are kept. */
const longest = 32_000;

/** What each row of tests came to, by host. */
export class HostMemory {
  /** Names that hold the host, or what was made of it alone, at every place of the function. */
  readonly #names: ReadonlySet<string>;
  readonly #hosts = new Map<string, Int16Array>();
  #rows = 0;
  #last = '';
  #known: Int16Array | null = null;

  /** `entry` is the function that the client calls, with the host as its second parameter. */
  constructor(entry: SyntaxNode) {
    const host = nameOf((entry['params'] as unknown[])[1]);
    this.#names = host === null ? new Set() : namesOf(entry, host);
  }

  isOfHost(test: SyntaxNode, scope: Scope): boolean {
    return isOfHost(test, this.#names, scope);
  }

  /** The first of these that holds, all of which look at the host alone. */
  keeping(tests: readonly Expression[]): First {
    const row = this.#rows++;
    return (frame, from) => {
      const host = frame[1];
      if (typeof host !== 'string' || from > 0) return firstOf(tests, frame, from);
      const known = this.#of(host);
      const before = known[row] ?? unknown;
      return before === unknown ? (known[row] = firstOf(tests, frame, 0)) : before;
    };
  }

  #of(host: string): Int16Array {
    if (this.#known && host === this.#last) return this.#known;
    let known = this.#hosts.get(host);
    if (!known) {
      if (this.#hosts.size >= mostHosts) this.#hosts.clear();
      known = new Int16Array(this.#rows).fill(unknown);
      // A part of a longer text would keep all of it. What does not survive this is no host, and not kept.
      const copy = Buffer.from(host).toString();
      if (copy === host) this.#hosts.set(copy, known);
    }
    this.#last = host;
    this.#known = known;
    return known;
  }
}

function firstOf(tests: readonly Expression[], frame: Frame, from: number): number {
  for (let at = from; at < tests.length; at++) if (tests[at]?.(frame)) return at;
  return tests.length;
}

/** Index of the first test that holds, from one on; the number of tests where none does. */
type First = (frame: Frame, from: number) => number;

interface Part {
  readonly from: number;
  readonly to: number;
  readonly first: First;
}

/** The long runs of tests that look at the host alone. */
function partsOf(
  nodes: readonly SyntaxNode[],
  tests: readonly Expression[],
  hosts: HostMemory,
  scope: Scope,
): readonly Part[] {
  const parts: Part[] = [];
  for (let at = 0; at < nodes.length;) {
    let to = at;
    for (let node = nodes[to]; to - at < longest && node && hosts.isOfHost(node, scope); node = nodes[to]) to++;
    if (to - at >= shortest) parts.push({ from: at, to, first: hosts.keeping(tests.slice(at, to)) });
    at = Math.max(to, at + 1);
  }
  return parts;
}

export function firstHolding(nodes: readonly SyntaxNode[], tests: readonly Expression[], scope: Scope): First {
  const parts = scope.hosts ? partsOf(nodes, tests, scope.hosts, scope) : [];
  if (parts.length === 0) return (frame, from) => firstOf(tests, frame, from);
  return (frame, from) => {
    let at = from;
    for (const part of parts) {
      for (; at < part.from; at++) if (tests[at]?.(frame)) return at;
      if (at >= part.to) continue;
      const found = part.from + part.first(frame, at - part.from);
      if (found < part.to) return found;
      at = part.to;
    }
    return firstOf(tests, frame, at);
  };
}

/** Helpers that look at the texts they are given and at nothing else. */
const ofTextAlone = new Set(['shExpMatch', 'dnsDomainIs', 'localHostOrDomainIs', 'isPlainHostName', 'dnsDomainLevels']);

function isOfHost(node: unknown, names: ReadonlySet<string>, scope: Scope): boolean {
  const inner = (child: unknown): boolean => isOfHost(child, names, scope);
  if (!isNode(node)) return false;
  switch (node.type) {
    case 'Literal':
      return true;
    case 'Identifier':
      return names.has(nameOf(node) ?? '') || isConstant(nameOf(node) ?? '', scope);
    case 'LogicalExpression':
    case 'BinaryExpression':
      return inner(node['left']) && inner(node['right']);
    case 'UnaryExpression':
      return inner(node['argument']);
    case 'MemberExpression':
      return inner(node['object']) && (node['computed'] !== true || inner(node['property']));
    case 'CallExpression':
      return isCalled(node['callee'], inner) && (node['arguments'] as unknown[]).every(inner);
    default:
      return false;
  }
}

const isCalled = (callee: unknown, inner: (child: unknown) => boolean): boolean =>
  isNode(callee) &&
  (callee.type === 'MemberExpression' ? inner(callee['object']) : ofTextAlone.has(nameOf(callee) ?? ''));

const isConstant = (name: string, { places, declared }: Scope): boolean =>
  !places.has(name) &&
  (declared.constants.has(name) ||
    declared.tables.has(name) ||
    declared.lists.has(name) ||
    declared.patterns.has(name));

/** The host, unless the function changes it, and variables that get their only value from it, on the way of every request. */
function namesOf(entry: SyntaxNode, host: string): Set<string> {
  const written = writesIn(entry['body'] as SyntaxNode);
  const names = new Set<string>();
  if (!written.has(host)) names.add(host);
  for (const node of childrenOf(entry['body'] as SyntaxNode)) {
    if (node.type !== 'VariableDeclaration') continue;
    for (const { id, init } of childrenOf(node) as { id?: unknown; init?: unknown }[]) {
      const name = nameOf(id);
      if (name !== null && written.get(name) === 1 && isMadeOf(init, names)) names.add(name);
    }
  }
  return names;
}

const isMadeOf = (node: unknown, names: ReadonlySet<string>): boolean =>
  isNode(node) &&
  (node.type === 'Identifier'
    ? names.has(nameOf(node) ?? '')
    : node.type === 'CallExpression' &&
      isNode(node['callee']) &&
      node['callee'].type === 'MemberExpression' &&
      isMadeOf(node['callee']['object'], names) &&
      (node['arguments'] as unknown[]).every((each) => isNode(each) && each.type === 'Literal'));

/** How often each name gets a value. */
function writesIn(body: SyntaxNode): Map<string, number> {
  const count = new Map<string, number>();
  visit(body, (node) => {
    const target =
      node.type === 'VariableDeclarator'
        ? node['id']
        : node.type === 'AssignmentExpression'
          ? node['left']
          : node.type === 'UpdateExpression'
            ? node['argument']
            : null;
    const name = nameOf(target);
    if (name !== null) count.set(name, (count.get(name) ?? 0) + 1);
  });
  return count;
}
