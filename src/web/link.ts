/**
 * The modules of a page as one script. A page that opens from disk cannot import anything, so modules become functions of
 * a table, in the order of their imports. It reads what our own compiler writes: imports and exports of names, one a
 * statement, at the beginning of a line.
 */
import { readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';

import { LabError } from '../failure.ts';

const compiled = import.meta.url.endsWith('.js');
/** Beside the program there are pages compiled for browsers; in the sources there is one tree. */
const root = new URL(compiled ? '../page/' : '../', import.meta.url);

/** The script of an entry: `web/page/report`. Throws LabError where pages are not compiled. */
export function pageScript(entry: string): string {
  const modules = new Map<string, string>();
  add(entry, modules, []);
  const table = [...modules].map(([name, body]) => `m[${JSON.stringify(name)}]=(()=>{${body}})();`);
  return `'use strict';(()=>{const m={};\n${table.join('\n')}\n})();\n`.replaceAll('</script', String.raw`<\/script`);
}

function add(name: string, modules: Map<string, string>, above: readonly string[]): void {
  if (modules.has(name)) return;
  if (above.includes(name)) throw new Error(`modules of a page import each other: ${[...above, name].join(' → ')}`);
  const text = sourceOf(name);
  for (const [, from = ''] of text.matchAll(statement)) add(resolved(name, from), modules, [...above, name]);
  modules.set(name, wrapped(name, text));
}

const statement = /^(?:import|export)\s[^;'"]*?\bfrom\s+['"]([^'"]+)['"];?[^\S\n]*$/gm;

function wrapped(name: string, text: string): string {
  const exported: string[] = [];
  const body = text
    .replace(statement, (line: string, from: string) => {
      const names = /\{([^}]*)\}/.exec(line)?.[1];
      if (names === undefined) throw new Error(`${name}: a page imports names only: ${line}`);
      const table = `m[${JSON.stringify(resolved(name, from))}]`;
      if (!line.startsWith('export')) return `const {${names.replaceAll(' as ', ': ')}} = ${table};`;
      for (const each of namesIn(names)) exported.push(`${each.as}: ${table}.${each.name}`);
      return '';
    })
    .replace(/^export (?:async )?(?:const|let|function\*?|class) (\w+)/gm, (line: string, each: string) => {
      exported.push(each);
      return line.slice('export '.length);
    })
    .replace(/^export \{([^}]*)\};?$/gm, (_line, names: string) => {
      for (const each of namesIn(names)) exported.push(`${each.as}: ${each.name}`);
      return '';
    })
    .replace(/^\/\/# sourceMappingURL=.*$/gm, '');
  if (/^(?:import|export)\b/m.test(body)) throw new Error(`${name}: a statement that pages may not have`);
  return `${body.trim()}\nreturn {${exported.join(',')}};`;
}

const namesIn = (list: string): { name: string; as: string }[] =>
  list
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
    .map((each) => {
      const [name = '', as = name] = each.split(/\s+as\s+/);
      return { name, as };
    });

const resolved = (name: string, from: string): string =>
  new URL(from.replace(/\.[jt]s$/, ''), `http://page/${name}`).pathname.slice(1);

function sourceOf(name: string): string {
  const file = new URL(`${name}${compiled ? '.js' : '.ts'}`, root);
  try {
    const text = readFileSync(file, 'utf8');
    return compiled ? text : stripped(text);
  } catch (error) {
    throw new LabError(`the pages are not built: ${(error as Error).message}`, { cause: error });
  }
}

/** For those who run the sources as they are. */
function stripped(text: string): string {
  const { stripTypeScriptTypes } = nodeModule as { stripTypeScriptTypes?: (text: string) => string };
  if (!stripTypeScriptTypes) throw new Error('this Node cannot read TypeScript; build first');
  return stripTypeScriptTypes(text)
    .replace(/^import\s*\{\s*\}\s*from.*$/gm, '')
    .replace(/^(?:\s*\n)+/gm, '');
}
