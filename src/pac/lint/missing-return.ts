import type { LintRule } from '../lint.ts';
import { childrenOf, isNode, type SyntaxNode } from '../syntax.ts';
import { entryOf } from './answers.ts';

/** True when no way leads past the end of the statement. */
function never(node: SyntaxNode | undefined): boolean {
  if (!node) return false;
  if (/^(?:Return|Throw)Statement$/.test(node.type)) return true;
  const { consequent, alternate, block, handler, finalizer } = node;
  if (node.type === 'BlockStatement') return childrenOf(node).some(never);
  if (node.type === 'IfStatement')
    return isNode(consequent) && isNode(alternate) && never(consequent) && never(alternate);
  if (node.type === 'TryStatement') {
    if (isNode(finalizer) && never(finalizer)) return true;
    return isNode(block) && never(block) && (!isNode(handler) || (isNode(handler['body']) && never(handler['body'])));
  }
  if (node.type === 'SwitchStatement') return neverSwitch(node);
  return node.type === 'WhileStatement' && isNode(node['test']) && node['test']['value'] === true;
}

function neverSwitch(node: SyntaxNode): boolean {
  const cases = (node['cases'] as unknown[]).filter(isNode);
  const last = cases.at(-1);
  const breaks = cases.some((each) => childrenOf(each).some((child) => child.type === 'BreakStatement'));
  return !breaks && cases.some((each) => each['test'] === null) && last !== undefined && childrenOf(last).some(never);
}

export const missingReturn: LintRule = {
  name: 'missing-return',
  severity: 'error',
  summary: 'A way through the entry function that returns nothing.',
  why: 'The script then returns undefined, which is a script error: browsers go DIRECT, WinHTTP callers get 12166, Node requests go DIRECT.',
  fix: 'End the function with a return for everything else, such as return "PROXY proxy.corp.example:8080";',
  profiles: [],
  check(script, report) {
    const entry = entryOf(script);
    if (!entry) {
      report({ line: 1, column: 1 }, 'the script defines no function FindProxyForURL');
      return;
    }
    const { line, column } = entry.node.loc.end;
    if (!entry.body.some(never)) report({ line, column }, `${entry.name} can end without a return`);
    for (const { node, ancestors } of script.nodes) {
      if (node.type !== 'ReturnStatement' || node['argument'] !== null) continue;
      if (ancestors.findLast((each) => /Function/.test(each.type)) === entry.node)
        report(node, 'return without a value');
    }
  },
};
