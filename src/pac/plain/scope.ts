/** What a plain script declares: constants, tables and lists at the top, and functions that call no function of themselves. */
import { childrenOf, isFunction, isNode, nameOf, type SyntaxNode } from '../syntax.ts';
import { NotPlain, type Value } from './machine.ts';

export type Table = ReadonlyMap<string, Value>;

/** Declarations of the top level. */
export interface Declarations {
  readonly constants: ReadonlyMap<string, Value>;
  readonly tables: ReadonlyMap<string, Table>;
  readonly lists: ReadonlyMap<string, readonly Value[]>;
  /** Literals of regular expressions. */
  readonly patterns: ReadonlyMap<string, SyntaxNode>;
  readonly functions: ReadonlyMap<string, SyntaxNode>;
}

/** Reads them; throws NotPlain for anything else at the top level, and for a name that means something already. */
export function declarationsOf(tree: SyntaxNode, taken: (name: string) => boolean): Declarations {
  const found = {
    constants: new Map<string, Value>(),
    tables: new Map<string, Table>(),
    lists: new Map<string, readonly Value[]>(),
    patterns: new Map<string, SyntaxNode>(),
    functions: new Map<string, SyntaxNode>(),
  };
  const names = new Set<string>();
  const claim = (id: unknown): string => {
    const name = nameOf(id);
    if (name === null || names.has(name) || taken(name)) throw new NotPlain('a name');
    names.add(name);
    return name;
  };
  for (const node of childrenOf(tree)) {
    if (node.type === 'EmptyStatement' || 'directive' in node) continue;
    if (node.type === 'FunctionDeclaration') found.functions.set(claim(node['id']), node);
    else if (node.type === 'VariableDeclaration') {
      for (const each of childrenOf(node)) declare(claim(each['id']), each['init'], found);
    } else throw new NotPlain(node.type);
  }
  return found;
}

function declare(
  name: string,
  init: unknown,
  found: {
    constants: Map<string, Value>;
    tables: Map<string, Table>;
    lists: Map<string, readonly Value[]>;
    patterns: Map<string, SyntaxNode>;
  },
): void {
  if (!isNode(init)) throw new NotPlain('a variable without value');
  if (init.type === 'ArrayExpression') found.lists.set(name, (init['elements'] as unknown[]).map(constantOf));
  else if (init.type === 'ObjectExpression') found.tables.set(name, tableOf(init));
  else if (init.type === 'Literal' && 'regex' in init) found.patterns.set(name, init);
  else found.constants.set(name, constantOf(init));
}

/** Value of a literal. */
export function constantOf(node: unknown): Value {
  if (!isNode(node)) throw new NotPlain('a hole');
  if (node.type === 'UnaryExpression' && node['operator'] === '-') return -numberOf(node['argument']);
  if (node.type !== 'Literal' || 'regex' in node || 'bigint' in node) throw new NotPlain(node.type);
  return node['value'] as string | number | boolean | null;
}

function numberOf(node: unknown): number {
  const value = constantOf(node);
  if (typeof value !== 'number') throw new NotPlain('no number');
  return value;
}

function tableOf(node: SyntaxNode): Table {
  const table = new Map<string, Value>();
  for (const each of childrenOf(node)) {
    const key = each['key'];
    if (each.type !== 'Property' || each['kind'] !== 'init' || each['computed'] || each['method'] || !isNode(key))
      throw new NotPlain('a property');
    const name = nameOf(key) ?? String(constantOf(key));
    if (name in Object.prototype) throw new NotPlain(name);
    table.set(name, constantOf(each['value']));
  }
  return table;
}

/** Parameters and variables of a function, each with its place in the frame. Throws NotPlain for anything but `var`. */
export function localsOf(fn: SyntaxNode): {
  readonly places: ReadonlyMap<string, number>;
  readonly parameters: number;
} {
  if (fn['async'] || fn['generator']) throw new NotPlain('a function that waits');
  const places = new Map<string, number>();
  const parameters = fn['params'] as unknown[];
  for (const each of parameters) {
    const name = nameOf(each);
    if (name === null || places.has(name) || name === 'arguments') throw new NotPlain('a parameter');
    places.set(name, places.size);
  }
  const visit = (node: SyntaxNode): void => {
    if (isFunction(node) || node.type.startsWith('Class')) throw new NotPlain('a function in a function');
    if (node.type === 'VariableDeclaration' && node['kind'] !== 'var') throw new NotPlain('let');
    if (node.type === 'VariableDeclarator') {
      const name = nameOf(node['id']);
      if (name === null || name === 'arguments') throw new NotPlain('a pattern');
      if (!places.has(name)) places.set(name, places.size);
    }
    for (const child of childrenOf(node)) visit(child);
  };
  for (const child of childrenOf(fn['body'] as SyntaxNode)) visit(child);
  return { places, parameters: parameters.length };
}
