import { es5Globals } from '../jscript.ts';
import type { LintRule } from '../lint.ts';
import { isNode, nameOf, parseScript } from '../syntax.ts';

/** Methods that JScript does not have, with a name no object of a PAC file is likely to define itself. */
const newer = new Set([
  'includes',
  'startsWith',
  'endsWith',
  'repeat',
  'padStart',
  'padEnd',
  'trimStart',
  'trimEnd',
  'find',
  'findIndex',
  'flat',
  'flatMap',
  'matchAll',
  'replaceAll',
  'at',
  'codePointAt',
  'normalize',
]);
const newerStatics: Readonly<Record<string, readonly string[]>> = {
  Object: ['assign', 'entries', 'values', 'fromEntries', 'is'],
  Array: ['from', 'of'],
  Number: ['isInteger', 'isNaN', 'isFinite', 'parseInt', 'parseFloat'],
  String: ['raw', 'fromCodePoint'],
  Math: ['trunc', 'sign', 'cbrt', 'log2', 'log10', 'hypot', 'imul'],
};
const newerGlobals = new Set([
  'Map',
  'Set',
  'WeakMap',
  'WeakSet',
  'Promise',
  'Symbol',
  'Proxy',
  'Reflect',
  'BigInt',
  'globalThis',
]);

export const modernSyntax: LintRule = {
  name: 'modern-syntax',
  severity: 'error',
  summary: 'Language newer than ECMAScript 5.',
  why: 'WinHTTP runs PAC files with JScript: new syntax is a syntax error there and the whole script is lost, a new method throws. .NET services then go DIRECT while browsers work.',
  fix: 'Write it in ECMAScript 5: var, function, string + string, indexOf(…) >= 0.',
  profiles: ['winhttp', 'dotnet-framework'],
  check({ source, nodes }, report) {
    const { problem } = parseScript(source, 5);
    if (problem) {
      const line = source.split(/\r\n?|\n/)[problem.line - 1]?.trim() ?? '';
      report(problem, `not ECMAScript 5: ${line.slice(0, 80)}`);
    }
    for (const { node, ancestors } of nodes) {
      const parent = ancestors.at(-1);
      if (node.type === 'MemberExpression' && parent?.type === 'CallExpression' && parent['callee'] === node) {
        const method = nameOf(node['property']) ?? '';
        const holder = nameOf(node['object']) ?? '';
        const fixed = Object.hasOwn(newerStatics, holder) ? newerStatics[holder]?.includes(method) : newer.has(method);
        if (fixed && isNode(node['property']))
          report(node['property'], `${holder === '' ? '' : `${holder}.`}${method}() is not in JScript`);
      }
      const called = parent && /^(?:New|Call)Expression$/.test(parent.type) && parent['callee'] === node;
      const name = nameOf(node) ?? '';
      if (called && newerGlobals.has(name) && !Object.hasOwn(es5Globals, name))
        report(node, `${name} is not in JScript`);
    }
  },
};
