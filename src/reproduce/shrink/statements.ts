/** Parts of a proxy script that may be left out: statements, branches, halves of conditions, and comments. */
import { isNode, parseScript, visit } from '../../pac/syntax.ts';
import type { SyntaxNode } from '../../pac/syntax.ts';

/** The script with one part less; empty when it cannot be read. Larger parts come first. */
export function smallerScripts(source: string): string[] {
  const { tree } = parseScript(source);
  if (!tree) return lineByLine(source);
  const cuts: { start: number; end: number; instead: string }[] = [];
  visit(tree, (node) => {
    for (const [start, end, instead] of cutsIn(node, source)) cuts.push({ start, end, instead });
  });
  return cuts
    .toSorted((left, right) => right.end - right.start - (left.end - left.start) || right.start - left.start)
    .map(({ start, end, instead }) => `${source.slice(0, start)}${instead}${source.slice(end)}`);
}

type Cut = readonly [start: number, end: number, instead: string];

function cutsIn(node: SyntaxNode, source: string): Cut[] {
  const text = (part: unknown): string => (isNode(part) ? source.slice(part.start, part.end) : '');
  switch (node.type) {
    case 'Program':
    case 'BlockStatement':
      return (node['body'] as SyntaxNode[]).map((each) => [
        lineStart(source, each.start),
        lineEnd(source, each.end),
        '',
      ]);
    case 'IfStatement':
      return ['consequent', 'alternate'].flatMap((which): Cut[] =>
        isNode(node[which]) ? [[node.start, node.end, text(node[which])]] : [],
      );
    case 'LogicalExpression':
    case 'ConditionalExpression':
      return ['left', 'right', 'consequent', 'alternate'].flatMap((which): Cut[] =>
        isNode(node[which]) ? [[node.start, node.end, text(node[which])]] : [],
      );
    default:
      return [];
  }
}

/** A script that nobody can parse shrinks by its lines. */
function lineByLine(source: string): string[] {
  const lines = source.split('\n');
  return lines.map((_, index) => lines.filter((__, other) => other !== index).join('\n'));
}

/** The beginning of the line where nothing but blanks stands before, with the comment lines above. */
function lineStart(source: string, start: number): number {
  let line = source.lastIndexOf('\n', start - 1) + 1;
  if (source.slice(line, start).trim() !== '') return start;
  for (let above = source.lastIndexOf('\n', line - 2) + 1; line > 0; above = source.lastIndexOf('\n', line - 2) + 1) {
    if (!/^\s*\/\/.*\n$/.test(source.slice(above, line))) break;
    line = above;
  }
  return line;
}

function lineEnd(source: string, end: number): number {
  const next = source.indexOf('\n', end);
  return next >= 0 && source.slice(end, next).trim() === '' ? next + 1 : end;
}
