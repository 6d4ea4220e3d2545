/** Whether the host of a request is all that a script looks at: then its answers need not be asked for each URL. */
import { isPure } from './plain/pure.ts';
import type { Profile } from './profile.ts';
import { isNode, nameOf, parseScript, visit, type SyntaxNode } from './syntax.ts';

/** False where that cannot be told from the text. */
export function answersByHost(source: string, profile: Profile): boolean {
  if (!isPure(source, (name) => Object.hasOwn(profile.helpers, name))) return false;
  const { tree } = parseScript(source);
  const declared = (tree?.['body'] ?? []) as SyntaxNode[];
  const entries = declared.filter(({ id }) => isEntry(nameOf(id)));
  // One that the script calls itself may be handed anything.
  return entries.length > 0 && tree !== null && entries.every(ignoresUrl) && mentions(tree, isEntry) === entries.length;
}

const isEntry = (name: string | null): boolean => /^FindProxyForURL(?:Ex)?$/.test(name ?? '');

/** Of `function (url, host)`: nothing in the body has the name of the first. */
function ignoresUrl(entry: SyntaxNode): boolean {
  const url = nameOf((entry['params'] as unknown[])[0]);
  return url === null ? false : isNode(entry['body']) && mentions(entry['body'], (name) => name === url) === 0;
}

function mentions(tree: SyntaxNode, wanted: (name: string | null) => boolean): number {
  let count = 0;
  visit(tree, (node) => {
    if (wanted(nameOf(node))) count++;
  });
  return count;
}
