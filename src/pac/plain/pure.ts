/**
 * Whether a script leaves nothing behind: asked the same again, it does the same again. More scripts are pure than plain:
 * they may loop, match regular expressions, and look at the clock, which stands still while one request is answered.
 */
import { childrenOf, isFunction, isNode, nameOf, parseScript, type SyntaxNode } from '../syntax.ts';

/** Methods that change nothing they are called on, whatever it is; those with a state or a function in their hands are not here. */
const harmless = new Set(
  `charAt charCodeAt concat endsWith includes indexOf join lastIndexOf localeCompare match padEnd padStart repeat search
   slice split startsWith substr substring toLowerCase toString toUpperCase trim trimEnd trimStart hasOwnProperty test
   getDate getDay getFullYear getHours getMinutes getMonth getSeconds getTime getTimezoneOffset getUTCDate getUTCDay
   getUTCFullYear getUTCHours getUTCMinutes getUTCMonth replace floor ceil round min max abs pow toFixed valueOf`.split(
    /\s+/,
  ),
);

const functions = new Set(['parseInt', 'parseFloat', 'isNaN', 'isFinite', 'String', 'Number', 'Boolean']);
const constructors = new Set(['Date', 'Array']);
const values = new Set(['undefined', 'NaN', 'Infinity']);

const statements = new Set(
  `BlockStatement ReturnStatement ExpressionStatement VariableDeclaration VariableDeclarator IfStatement ForStatement
   WhileStatement DoWhileStatement ForInStatement ForOfStatement BreakStatement ContinueStatement SwitchStatement SwitchCase
   EmptyStatement Literal Identifier LogicalExpression ConditionalExpression UnaryExpression BinaryExpression
   MemberExpression CallExpression NewExpression AssignmentExpression UpdateExpression SequenceExpression ArrayExpression
   ObjectExpression Property TryStatement CatchClause ThrowStatement TemplateLiteral TemplateElement`.split(/\s+/),
);

/** `isHelper` tells the client's own functions. */
export function isPure(source: string, isHelper: (name: string) => boolean): boolean {
  try {
    const { tree } = parseScript(source);
    return tree !== null && isPureProgram(tree, isHelper);
  } catch (error) {
    if (error instanceof RangeError) return false; // too deep for the host's stack
    throw error;
  }
}

function isPureProgram(tree: SyntaxNode, isHelper: (name: string) => boolean): boolean {
  const declared = new Map<string, 'function' | 'value'>();
  for (const node of childrenOf(tree)) {
    if (node.type === 'EmptyStatement' || 'directive' in node) continue;
    const kind = node.type === 'FunctionDeclaration' ? 'function' : 'value';
    const holders = kind === 'function' ? [node] : childrenOf(node);
    if (kind === 'value' && node.type !== 'VariableDeclaration') return false;
    for (const holder of holders) {
      const name = nameOf(holder['id']);
      if (name === null || declared.has(name) || isHelper(name) || name in globalThis) return false;
      if (kind === 'value' && isNode(holder['init']) && !isConstant(holder['init'])) return false;
      declared.set(name, kind);
    }
  }
  return childrenOf(tree).every(
    (node) => node.type !== 'FunctionDeclaration' || isPureFunction(node, (name) => declared.get(name), isHelper),
  );
}

/** Literals, and lists and tables of them. */
function isConstant(node: SyntaxNode): boolean {
  if (node.type === 'Literal') return !isRemembering(node);
  if (node.type === 'UnaryExpression') return isNode(node['argument']) && isConstant(node['argument']);
  if (node.type === 'ArrayExpression') return childrenOf(node).every(isConstant);
  if (node.type !== 'ObjectExpression') return false;
  return childrenOf(node).every(
    ({ type, kind, computed, value, key }) =>
      type === 'Property' &&
      kind === 'init' &&
      !computed &&
      nameOf(key) !== '__proto__' &&
      isNode(value) &&
      isConstant(value),
  );
}

/** A regular expression that keeps the place of its last match. */
const isRemembering = (node: SyntaxNode): boolean =>
  /[gy]/.test((node['regex'] as { flags: string } | undefined)?.flags ?? '');

interface Names {
  readonly locals: Set<string>;
  readonly declared: (name: string) => 'function' | 'value' | undefined;
  readonly isHelper: (name: string) => boolean;
}

function isPureFunction(fn: SyntaxNode, declared: Names['declared'], isHelper: Names['isHelper']): boolean {
  if (fn['async'] || fn['generator']) return false;
  const names: Names = { locals: new Set(), declared, isHelper };
  const nodes: SyntaxNode[] = [];
  const gather = (node: SyntaxNode): void => {
    nodes.push(node);
    if (node.type === 'VariableDeclarator') names.locals.add(nameOf(node['id']) ?? '');
    if (node.type === 'CatchClause' && node['param']) names.locals.add(nameOf(node['param']) ?? '');
    for (const child of childrenOf(node)) if (!isLabel(node, child)) gather(child);
  };
  for (const each of fn['params'] as unknown[]) names.locals.add(nameOf(each) ?? '');
  gather(fn['body'] as SyntaxNode);
  if (names.locals.has('') || names.locals.has('arguments')) return false;
  return nodes.every((node) => isHarmless(node, names));
}

/** A word that names no variable; and Math, as long as only its members are used. */
function isLabel(node: SyntaxNode, child: SyntaxNode): boolean {
  if (node['computed'] === true) return false;
  if (node.type === 'MemberExpression') return child === node['property'] || nameOf(child) === 'Math';
  return node.type === 'Property' && child === node['key'];
}

function isHarmless(node: SyntaxNode, names: Names): boolean {
  const { locals } = names;
  if (isFunction(node) || !statements.has(node.type)) return false;
  switch (node.type) {
    case 'Identifier':
      return isKnown(String(node['name']), names);
    case 'Literal':
      return !isRemembering(node);
    case 'AssignmentExpression':
      return locals.has(nameOf(node['left']) ?? '');
    case 'UpdateExpression':
      return locals.has(nameOf(node['argument']) ?? '');
    case 'ForInStatement':
    case 'ForOfStatement':
      return (
        isNode(node['left']) && (node['left'].type === 'VariableDeclaration' || locals.has(nameOf(node['left']) ?? ''))
      );
    case 'UnaryExpression':
      return node['operator'] !== 'delete';
    case 'MemberExpression':
      return node['computed'] === true || !unsafe.test(nameOf(node['property']) ?? '');
    case 'Property':
      return node['kind'] === 'init' && nameOf(node['key']) !== '__proto__';
    case 'NewExpression':
      return constructors.has(nameOf(node['callee']) ?? '');
    case 'CallExpression':
      return isHarmlessCall(node['callee'], names);
    default:
      return true;
  }
}

const unsafe = /^(?:random|__proto__|constructor|prototype|lastIndex)$/;

const isKnown = (name: string, { locals, declared, isHelper }: Names): boolean =>
  locals.has(name) ||
  declared(name) !== undefined ||
  isHelper(name) ||
  values.has(name) ||
  functions.has(name) ||
  constructors.has(name);

function isHarmlessCall(callee: unknown, { locals, declared, isHelper }: Names): boolean {
  if (!isNode(callee)) return false;
  if (callee.type === 'MemberExpression')
    return callee['computed'] !== true && harmless.has(nameOf(callee['property']) ?? '');
  const name = nameOf(callee) ?? '';
  return !locals.has(name) && (declared(name) === 'function' || isHelper(name) || functions.has(name));
}
