/**
 * Rewrites a PAC file so that it tells which statements, branches and returns it reached. Lines stay where they are, and
 * nothing is added that ECMAScript 5 does not know.
 */
import { lastLine } from './last-line.ts';
import { childrenOf, isFunction, isNode, nameOf, parseScript, type SyntaxNode } from './syntax.ts';

/** A place in the file that can be reached. `id` is its index in the list of points. */
export interface Point {
  readonly id: number;
  readonly kind: 'statement' | 'branch' | 'return';
  /** Which way of a branch: `then`, `else`, `case`, `right`; else ''. */
  readonly way: string;
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  /** The last line of what is certain to run when this is reached: the whole of it, or up to where it may part. */
  readonly last: number;
  readonly text: string;
  /** Of a return that only passes on the result of a function of the file: the name of that function. */
  readonly passes: string | null;
  /** Function around it, or ''. */
  readonly within: string;
}

export interface Instrumented {
  readonly source: string;
  readonly points: readonly Point[];
}

/** Name of the global array that counts, by id; and of the function that notes returns. */
const counter = '__paclab_hits';
const noting = '__paclab_return';

/** Expressions to evaluate in the script's realm: the counts so far, as a list. */
export const hitsExpression = counter;

/** Separates the script's own answer from the id of the return that decided it. */
export const decisionMark = '\u0001';

/** Null for a text that cannot be parsed. `more` is a program of ours that runs before the script, all on one line. */
export function instrument(source: string, more = ''): Instrumented | null {
  const { tree } = parseScript(source);
  if (!tree) return null;
  const work = new Rewriting(source);
  work.body(tree, '');
  const { points } = work;
  // All on the first line, so that lines stay what they are; a directive or #! there would lose its place.
  const head = `var ${counter} = []; var __paclab_last = [], __paclab_busy = false; for (var __paclab_i = 0; __paclab_i < ${points.length}; __paclab_i++) ${counter}[__paclab_i] = 0; function ${noting}(id) { ${counter}[id]++; if (__paclab_last.length < 500) __paclab_last[__paclab_last.length] = id; else { __paclab_last[498] = __paclab_last[499]; __paclab_last[499] = id; } } ${more}`;
  // A call from inside has no `this`, one of the client has. (A run that the client throws away leaves the mark of being busy.)
  const tail = ['FindProxyForURL', 'FindProxyForURLEx']
    .map(
      (entry) =>
        `\n;if (typeof ${entry} === 'function') ${entry} = (function (inner) { return function (url, host) { 'use strict'; if (__paclab_busy && this === undefined) return inner.call(this, url, host); __paclab_last.length = 0; __paclab_busy = true; try { var answer = inner.call(this, url, host); } finally { __paclab_busy = false; } function marked(text) { return typeof text === 'string' ? text + '\\u0001' + __paclab_last.join() : text; } return answer && typeof answer === 'object' && typeof answer.then === 'function' ? answer.then(marked) : marked(answer); }; })(${entry});`,
    )
    .join('');
  const kept = work.directiveEnd;
  const text = work.rewritten();
  return { source: text.slice(0, kept) + head + text.slice(kept) + tail, points };
}

/** The return that decided: the last one, or, where that only passes on a result, the one before it that made it. */
export function decidingPoint(ids: readonly number[], points: readonly Point[]): Point | null {
  let at = ids.length - 1;
  while (at > 0) {
    const point = points[ids[at] ?? -1];
    const before = points[ids[at - 1] ?? -1];
    if (!point?.passes || before?.within !== point.passes) break;
    at--;
  }
  return points[ids[at] ?? -1] ?? null;
}

class Rewriting {
  readonly points: Point[] = [];
  directiveEnd = 0;
  readonly #source: string;
  readonly #insertions: { at: number; text: string; order: number }[] = [];

  constructor(source: string) {
    this.#source = source;
    const hashBang = /^#!.*(?:\r\n?|\n|$)/.exec(source)?.[0].length ?? 0;
    this.directiveEnd = hashBang;
  }

  rewritten(): string {
    let result = '';
    let from = 0;
    for (const { at, text } of this.#insertions.sort((a, b) => a.at - b.at || a.order - b.order)) {
      result += this.#source.slice(from, at) + text;
      from = at;
    }
    return result + this.#source.slice(from);
  }

  /** Statements of a program, a block, or a case. */
  body(node: SyntaxNode, within: string): void {
    for (const statement of childrenOf(node)) {
      if ('directive' in statement) {
        if (node.type === 'Program') this.directiveEnd = statement.end;
        continue;
      }
      this.#statement(statement, within);
    }
  }

  #statement(node: SyntaxNode, within: string): void {
    if (node.type === 'BlockStatement') {
      this.body(node, within);
      return;
    }
    if (
      !/^(?:FunctionDeclaration|ClassDeclaration|EmptyStatement)$/.test(node.type) &&
      node.type !== 'ReturnStatement'
    ) {
      this.#insert(node.start, `${this.#hit('statement', '', node, within)};`);
    }
    this.#inside(node, within);
  }

  /** Marks go in as the text is walked, so that what is opened last at a place is closed first there. */
  #inside(node: SyntaxNode, within: string): void {
    if (node.type === 'ReturnStatement') this.#return(node, within);
    else if (node.type === 'IfStatement') this.#choice(node, within);
    else if (node.type === 'SwitchCase') this.#case(node, within);
    else if (isFunction(node)) this.#function(node);
    else if (node.type === 'ConditionalExpression') {
      this.#plain(node['test'], within);
      this.#way(node['consequent'], 'then', within);
      this.#way(node['alternate'], 'else', within);
    } else if (node.type === 'LogicalExpression') {
      this.#plain(node['left'], within);
      this.#way(node['right'], 'right', within);
    } else this.#parts(node, within);
  }

  #plain(node: unknown, within: string): void {
    if (isNode(node)) this.#inside(node, within);
  }

  #parts(node: SyntaxNode, within: string): void {
    for (const child of childrenOf(node)) {
      if (child.type === 'BlockStatement') this.body(child, within);
      else if (isLoopBody(node, child)) this.#wrapped(child, '', within);
      else this.#inside(child, within);
    }
  }

  #function(node: SyntaxNode): void {
    const name = nameOf(node['id']) ?? '';
    const inner = node['body'];
    if (!isNode(inner)) return;
    if (inner.type === 'BlockStatement') this.body(inner, name);
    else {
      const id = this.#point('return', '', inner, name, null);
      this.#noted(inner, id, name);
    }
  }

  #return(node: SyntaxNode, within: string): void {
    const argument = node['argument'];
    const callee = isNode(argument) && argument.type === 'CallExpression' ? nameOf(argument['callee']) : null;
    const id = this.#point('return', '', node, within, callee);
    if (!isNode(argument)) {
      this.#insert(node.start + 'return'.length, ` ${noting}(${id})`);
      return;
    }
    this.#noted(argument, id, within);
  }

  /** Not as an argument of a call: pac-resolver does not look there for calls that have to be waited for. */
  #noted(value: SyntaxNode, id: number, within: string): void {
    this.#insert(value.start, '[(');
    this.#inside(value, within);
    this.#insert(value.end, `), ${noting}(${id})][0]`);
  }

  #choice(node: SyntaxNode, within: string): void {
    const { test, consequent, alternate } = node;
    this.#plain(test, within);
    if (isNode(consequent)) this.#wrapped(consequent, this.#hit('branch', 'then', node, within), within);
    const missed = this.#hit('branch', 'else', node, within);
    if (isNode(alternate)) this.#wrapped(alternate, missed, within);
    else if (isNode(consequent)) this.#insert(consequent.end, ` else { ${missed}; }`);
  }

  #case(node: SyntaxNode, within: string): void {
    const colon = this.#source.indexOf(':', isNode(node['test']) ? node['test'].end : node.start);
    this.#insert(colon + 1, ` ${this.#hit('branch', 'case', node, within)};`);
    for (const child of childrenOf(node)) if (child !== node['test']) this.#statement(child, within);
  }

  #wrapped(node: SyntaxNode, hit: string, within: string): void {
    const mark = hit === '' ? '' : `${hit};`;
    if (node.type === 'BlockStatement') {
      this.#insert(node.start + 1, mark);
      this.body(node, within);
      return;
    }
    this.#insert(node.start, `{ ${mark}`);
    this.#statement(node, within);
    this.#insert(node.end, ' }');
  }

  #way(node: unknown, way: string, within: string): void {
    if (!isNode(node)) return;
    this.#insert(node.start, `(${this.#hit('branch', way, node, within)}, `);
    this.#inside(node, within);
    this.#insert(node.end, ')');
  }

  #hit(kind: Point['kind'], way: string, node: SyntaxNode, within: string): string {
    return `${counter}[${this.#point(kind, way, node, within, null)}]++`;
  }

  #point(kind: Point['kind'], way: string, node: SyntaxNode, within: string, passes: string | null): number {
    const { line, column } = node.loc.start;
    const text = (this.#source.slice(node.start, node.end).split(/\r?\n/)[0] ?? '').slice(0, 120);
    return (
      this.points.push({
        id: this.points.length,
        kind,
        way,
        line,
        column: column + 1,
        last: lastLine(node),
        text,
        passes,
        within,
      }) - 1
    );
  }

  #insert(at: number, text: string): void {
    if (text !== '') this.#insertions.push({ at, text, order: this.#insertions.length });
  }
}

const isLoopBody = (node: SyntaxNode, child: SyntaxNode): boolean =>
  /^(?:For|ForIn|ForOf|While|DoWhile|With)Statement$/.test(node.type) && node['body'] === child;
