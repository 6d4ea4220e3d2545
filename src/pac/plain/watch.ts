/** What can be told of a run beyond its answer: the helpers it called, and the returns it came through. */
import type { Point } from '../instrument.ts';
import type { HelperCall } from '../result.ts';
import { isNode, nameOf, type SyntaxNode } from '../syntax.ts';

/** A return statement of the script. */
export type ReturnPoint = Pick<Point, 'line' | 'column' | 'text' | 'passes' | 'within'>;

export class Watch {
  /** Whether calls are noted as well: that takes longer. */
  readonly ofCalls: boolean;
  calls: HelperCall[] = [];
  returns: ReturnPoint[] = [];

  constructor(ofCalls: boolean) {
    this.ofCalls = ofCalls;
  }

  /** Before each run: what an earlier one did that the client has thrown away does not count. */
  begin(): void {
    this.calls = [];
    this.returns = [];
  }

  called(call: HelperCall): void {
    this.calls.push(call);
  }

  returned(point: ReturnPoint): void {
    this.returns.push(point);
  }
}

/** The return at this node; the text as instrumented scripts give it. */
export function pointOf(node: SyntaxNode, { source, within }: { source: string; within: string }): ReturnPoint {
  const { argument } = node;
  const { line, column } = node.loc.start;
  const text = (source.slice(node.start, node.end).split(/\r?\n/)[0] ?? '').slice(0, 120);
  const passes = isNode(argument) && argument.type === 'CallExpression' ? nameOf(argument['callee']) : null;
  return { line, column: column + 1, text, passes, within };
}
