/** How far a statement goes that has been reached, in lines. */
import { childrenOf, isFunction, isNode, type SyntaxNode } from './syntax.ts';

/** Parts that need not run when the whole is begun. */
const optional: Readonly<Record<string, readonly string[]>> = {
  LogicalExpression: ['right'],
  ConditionalExpression: ['consequent', 'alternate'],
  IfStatement: ['consequent', 'alternate'],
  SwitchCase: ['consequent'],
  SwitchStatement: ['cases'],
  ForStatement: ['body', 'update'],
  ForInStatement: ['body'],
  ForOfStatement: ['body'],
  WhileStatement: ['body'],
  DoWhileStatement: ['body', 'test'],
  WithStatement: ['body'],
  TryStatement: ['block', 'handler', 'finalizer'],
  LabeledStatement: ['body'],
};

/** The last line that runs for certain: without functions that are only made, and without what may be passed over. */
export function lastLine(node: SyntaxNode): number {
  const { start, end } = node.loc;
  if (start.line === end.line) return end.line;
  if (isFunction(node) || node.type === 'BlockStatement') return start.line;
  const left = (optional[node.type] ?? []).flatMap((name) => node[name]).filter(isNode);
  const children = childrenOf(node);
  const lines = children.map((child) => (left.includes(child) ? start.line : lastLine(child)));
  const whole = left.length === 0 && children.every((child, index) => lines[index] === child.loc.end.line);
  return whole ? end.line : Math.max(start.line, ...lines);
}
