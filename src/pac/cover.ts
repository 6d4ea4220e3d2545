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

/** The script with a count before each line, and the branches that were never taken. */
export function coverageText(coverage: Coverage): string {
  const { reached, total, urls } = coverage;
  const body = coverage.lines.map(({ line, text, hits }) => {
    const count = hits === null ? '' : hits === 0 ? '#####' : String(hits);
    return `${count.padStart(7)} ${String(line).padStart(5)}  ${text}`.trimEnd();
  });
  const missed = coverage.branches.filter((branch) => branch.hits === 0);
  return [
    ...body,
    '',
    `${reached.lines} of ${total.lines} lines and ${reached.branches} of ${total.branches} branches reached by ${urls} URLs`,
    ...missed.map(({ line, column, way, text }) => `never: ${line}:${column} ${way}  ${text}`),
    '',
  ].join('\n');
}

/** The same as a page of its own. */
export function coverageHtml(coverage: Coverage, title: string): string {
  const rows = coverage.lines.map(({ line, text, hits }) => {
    const kind = hits === null ? '' : hits === 0 ? ' class="missed"' : ' class="hit"';
    return `<tr${kind}><td>${hits ?? ''}</td><td>${line}</td><td><pre>${escapeHtml(text)}</pre></td></tr>`;
  });
  const { reached, total, urls } = coverage;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title><style>
body{font:14px/1.4 system-ui,sans-serif;margin:2rem}table{border-collapse:collapse}td{padding:0 .6rem;text-align:right}
td:last-child{text-align:left}pre{margin:0}.hit td{background:#e7f6e7}.missed td{background:#fbe3e3}
@media(prefers-color-scheme:dark){body{background:#111;color:#ddd}.hit td{background:#123312}.missed td{background:#401616}}
</style></head><body><h1>${escapeHtml(title)}</h1>
<p>${reached.lines} of ${total.lines} lines, ${reached.branches} of ${total.branches} branches, ${urls} URLs</p>
<table>
${rows.join('\n')}
</table></body></html>
`;
}

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"]/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[char] ?? char);
