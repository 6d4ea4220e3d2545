/** The syntax tree of a PAC file, by acorn: for what reads the text rather than running it. */
import { parse } from 'acorn';

/** A node as we use it: acorn's own types name each shape, which this room does not need. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly loc: { readonly start: Place; readonly end: Place };
  readonly [field: string]: unknown;
}

/** Line from 1, column from 0. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface SyntaxProblem {
  readonly message: string;
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

export type Parsed =
  | { readonly tree: SyntaxNode; readonly problem: null }
  | { readonly tree: null; readonly problem: SyntaxProblem };

let last: { readonly source: string; readonly parsed: Parsed } | null = null;

/** Parses by the newest language, or by ECMAScript 5; the problem is the first one. The last tree is kept: nobody writes to it. */
export function parseScript(source: string, version: 5 | 'latest' = 'latest'): Parsed {
  if (version === 5) return parsed(source, version);
  if (last?.source !== source) last = { source, parsed: parsed(source, version) };
  return last.parsed;
}

function parsed(source: string, version: 5 | 'latest'): Parsed {
  try {
    const options = { ecmaVersion: version, sourceType: 'script', locations: true, allowReserved: true } as const;
    const tree = parse(source, { ...options, allowHashBang: version !== 5 }) as unknown as SyntaxNode; // acorn adds `loc`
    return { tree, problem: null };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const { line = 1, column = 0 } = (error as SyntaxError & { loc?: Place }).loc ?? {}; // acorn adds the place
    return { tree: null, problem: { message: error.message.replace(/ \(\d+:\d+\)$/, ''), line, column: column + 1 } };
  }
}

export const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

/** Child nodes in the order of the text. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) children.push(...value.filter(isNode));
    else if (isNode(value)) children.push(value);
  }
  return children.sort((a, b) => a.start - b.start);
}

/** Visits every node, parents before children; `ancestors` ends with the parent. */
export function visit(
  node: SyntaxNode,
  visitor: (node: SyntaxNode, ancestors: readonly SyntaxNode[]) => void,
  ancestors: readonly SyntaxNode[] = [],
): void {
  visitor(node, ancestors);
  const inner = [...ancestors, node];
  for (const child of childrenOf(node)) visit(child, visitor, inner);
}

export const isFunction = (node: SyntaxNode): boolean =>
  /^(?:FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type);

/** Name of the identifier, or null for any other node. */
export const nameOf = (node: unknown): string | null =>
  isNode(node) && node.type === 'Identifier' ? String(node['name']) : null;

/** Text of a string literal or a template without holes, or null. */
export function textOf(node: unknown): string | null {
  if (!isNode(node)) return null;
  if (node.type === 'Literal') return typeof node['value'] === 'string' ? node['value'] : null;
  return null;
}

/** [name, arguments] of a call of a plain name, or null. */
export function callOf(node: unknown): { name: string; args: SyntaxNode[]; node: SyntaxNode } | null {
  if (!isNode(node) || node.type !== 'CallExpression') return null;
  const name = nameOf(node['callee']);
  return name === null ? null : { name, args: (node['arguments'] as unknown[]).filter(isNode), node };
}
