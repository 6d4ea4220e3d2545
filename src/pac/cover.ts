/** Which lines and branches of a script a list of URLs reaches. */
import { hitsExpression, instrument, type Point } from './instrument.ts';
import type { ResolveOptions } from './options.ts';
import { Pac } from './pac.ts';

export interface CoveredLine {
  /** 1-based. */
  readonly line: number;
  readonly text: string;
  /** How often it was reached; null for a line on which nothing can be reached. */
  readonly hits: number | null;
}

export interface CoveredBranch {
  readonly line: number;
  readonly column: number;
  /** `then`, `else`, `case`, or `right` for the right side of && and ||. */
  readonly way: string;
  readonly text: string;
  readonly hits: number;
}

export interface Coverage {
  readonly lines: readonly CoveredLine[];
  readonly branches: readonly CoveredBranch[];
  readonly reached: { readonly lines: number; readonly branches: number };
  readonly total: { readonly lines: number; readonly branches: number };
  /** URLs that were asked. */
  readonly urls: number;
}

/** Runs every URL; throws a SyntaxError for a script that cannot be read. */
export async function cover(source: string, urls: Iterable<string>, options: ResolveOptions = {}): Promise<Coverage> {
  const instrumented = instrument(source);
  if (!instrumented) throw new SyntaxError('the script cannot be parsed');
  using pac = new Pac(instrumented.source, {});
  const list = [...urls];
  await pac.resolveMany(list, options);
  const answer = await pac.evaluate(hitsExpression, { ...options, trace: false });
  const hits = 'value' in answer && Array.isArray(answer.value) ? (answer.value as number[]) : [];
  return summary(source, instrumented.points, hits, list.length);
}

function summary(source: string, points: readonly Point[], hits: readonly number[], urls: number): Coverage {
  const byLine = new Map<number, number>();
  for (const { kind, line, id } of points) {
    if (kind !== 'branch') byLine.set(line, Math.max(byLine.get(line) ?? 0, hits[id] ?? 0));
  }
  const lines = source.split(/\r\n?|\n/).map((text, at) => ({ line: at + 1, text, hits: byLine.get(at + 1) ?? null }));
  const branches = points
    .filter(({ kind }) => kind === 'branch')
    .map(({ line, column, way, text, id }) => ({ line, column, way, text, hits: hits[id] ?? 0 }));
  const counted = lines.filter((line) => line.hits !== null);
  return {
    lines,
    branches,
    reached: {
      lines: counted.filter((line) => line.hits !== 0).length,
      branches: branches.filter((branch) => branch.hits > 0).length,
    },
    total: { lines: counted.length, branches: branches.length },
    urls,
  };
}
