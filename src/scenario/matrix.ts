/** `matrix`: lists by name. Their product gives rows, and each row is a run of its own. */
import type { Problem } from '../failure.ts';
import type { Document } from './document.ts';
import type { Names } from './references.ts';

export type Row = Readonly<Record<string, unknown>>;

/** More rows than this are a mistake. */
export const mostRows = 1000;

/** The rows in reading order: the last list turns fastest. A document without matrix has one row, `{}`. */
export function rowsOf(document: Document, matrix: unknown): { rows: Row[]; problems: Problem[] } {
  if (matrix === undefined) return { rows: [{}], problems: [] };
  if (!isMapping(matrix))
    return { rows: [], problems: [document.problem(['matrix'], 'matrix must be a mapping of names to lists')] };
  const problems: Problem[] = [];
  let rows: Row[] = [{}];
  for (const [name, values] of Object.entries(matrix)) {
    const path = ['matrix', name];
    if (!Array.isArray(values))
      problems.push(document.problem(path, `matrix.${name} must be a list`, { hint: 'put the values in [ ]' }));
    else if (values.length === 0)
      problems.push(document.problem(path, `matrix.${name} is empty, so nothing would run`));
    else
      rows = rows
        .flatMap((row) => values.slice(0, mostRows + 1).map((value: unknown) => ({ ...row, [name]: value })))
        .slice(0, mostRows + 1);
  }
  if (rows.length > mostRows) problems.push(document.problem(['matrix'], `the matrix has more than ${mostRows} rows`));
  return { rows, problems };
}

/** `vars`: values by name, for `$(vars.x)`. */
export function varsOf(document: Document, vars: unknown): { vars: Names; problems: Problem[] } {
  if (vars === undefined) return { vars: {}, problems: [] };
  if (isMapping(vars)) return { vars, problems: [] };
  return { vars: {}, problems: [document.problem(['vars'], 'vars must be a mapping of names to values')] };
}

export const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
