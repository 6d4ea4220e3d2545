/** The texts a script may return: string literals that become the answer of the entry function. */
import type { Script } from '../lint.ts';
import { isNode, nameOf, textOf, type SyntaxNode } from '../syntax.ts';

export interface AnswerText {
  readonly node: SyntaxNode;
  readonly text: string;
}

const looksLikeAnswer = /^\s*(?:(?:PROXY|HTTPS?|SOCKS[45]?)\s+\S|DIRECT\b)/i;

/** Literals returned by any function, and those elsewhere that read like a list of proxies. */
export function answerTexts(script: Script): AnswerText[] {
  const found = new Map<SyntaxNode, string>();
  for (const { node, ancestors } of script.nodes) {
    const text = textOf(node);
    if (text === null) continue;
    const joined = ancestors.some((each) => each.type === 'BinaryExpression');
    if (!joined && (looksLikeAnswer.test(text) || isReturned(node, ancestors, script))) found.set(node, text);
  }
  return [...found].map(([node, text]) => ({ node, text }));
}

/** Returned as it stands, or by one side of a conditional, from the entry function itself. */
function isReturned(node: SyntaxNode, ancestors: readonly SyntaxNode[], script: Script): boolean {
  let child = node;
  for (const parent of ancestors.toReversed()) {
    if (parent.type === 'ReturnStatement') return entryOf(script)?.body.some((each) => contains(each, parent)) ?? false;
    const passes = parent.type === 'ConditionalExpression' && parent['test'] !== child;
    if (!passes) return false;
    child = parent;
  }
  return false;
}

export interface EntryFunction {
  readonly node: SyntaxNode;
  readonly name: string;
  readonly parameters: readonly string[];
  readonly body: readonly SyntaxNode[];
}

/** The first declared entry function, or one assigned to its name. */
export function entryOf(script: Script): EntryFunction | null {
  for (const { node } of script.nodes) {
    const [name, fn] = namedFunction(node);
    if (!fn || (name !== 'FindProxyForURL' && name !== 'FindProxyForURLEx')) continue;
    const block = fn['body'];
    if (!isNode(block) || block.type !== 'BlockStatement') continue;
    const parameters = (fn['params'] as SyntaxNode[]).map((each) => nameOf(each) ?? '');
    return { node: fn, name, parameters, body: (block['body'] as unknown[]).filter(isNode) };
  }
  return null;
}

function namedFunction(node: SyntaxNode): [string, SyntaxNode | null] {
  const named = (holder: unknown): string => nameOf(holder) ?? '';
  const fn = (value: unknown): SyntaxNode | null => (isNode(value) && /Function/.test(value.type) ? value : null);
  if (node.type === 'FunctionDeclaration') return [named(node['id']), node];
  if (node.type === 'VariableDeclarator') return [named(node['id']), fn(node['init'])];
  if (node.type === 'AssignmentExpression') return [named(node['left']), fn(node['right'])];
  return ['', null];
}

export const contains = (outer: SyntaxNode, inner: SyntaxNode): boolean =>
  outer.start <= inner.start && inner.end <= outer.end;
