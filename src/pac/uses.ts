/** Uses of globals and their members in the text of a script. */
import type { Missing } from './missing.ts';
import { isNode, nameOf, parseScript, textOf, visit, type SyntaxNode } from './syntax.ts';

/** `names` are globals ("Intl") and members ("RegExp.$1"); what the script declares itself is its own. */
export function usesOf(source: string, names: readonly string[]): Missing[] {
  const { tree } = parseScript(source);
  if (!tree) return [];
  const wanted = new Set(names);
  const own = new Set<string>();
  const found: { name: string; node: SyntaxNode }[] = [];
  visit(tree, (node, ancestors) => {
    const parent = ancestors.at(-1);
    for (const each of [node['id'], ...(Array.isArray(node['params']) ? node['params'] : [])])
      own.add(nameOf(each) ?? '');
    const name = node.type === 'MemberExpression' ? memberName(node) : isLabel(node, parent) ? null : nameOf(node);
    if (name !== null && wanted.has(name)) found.push({ name, node });
  });
  return found
    .filter(({ name }) => !own.has(name.split('.')[0] ?? ''))
    .sort((a, b) => a.node.start - b.node.start)
    .map(({ name, node: { loc } }) => ({ name, line: loc.start.line, column: loc.start.column + 1 }));
}

function memberName({ object, property, computed }: SyntaxNode): string | null {
  const [holder, member] = [
    nameOf(object),
    computed === true && isNode(property) ? textOf(property) : nameOf(property),
  ];
  if (holder === null || member === null) return null;
  return /^(?:globalThis|window|self)$/.test(holder) ? member : `${holder}.${member}`;
}

/** A word behind a dot, or before a colon. */
const isLabel = (node: SyntaxNode, parent: SyntaxNode | undefined): boolean =>
  parent !== undefined &&
  parent['computed'] !== true &&
  ((parent.type === 'MemberExpression' && parent['property'] === node) ||
    (parent.type === 'Property' && parent['key'] === node && parent['value'] !== node));
