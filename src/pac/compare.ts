/** URLs × profiles: where clients disagree about the same script. */
import type { ResolveOptions } from './options.ts';
import { Pac, type LoadOptions } from './pac.ts';
import { profileNames, type ProfileName } from './profile.ts';
import type { Resolution } from './result.ts';

export interface CompareOptions extends Omit<ResolveOptions, 'profile'> {
  /** Default: all of them. */
  readonly profiles?: readonly ProfileName[];
  /** Also the rows on which all agree. */
  readonly all?: boolean;
}

export interface CompareRow {
  readonly url: string;
  readonly answers: Readonly<Partial<Record<ProfileName, Resolution>>>;
  readonly differs: boolean;
}

/** Rows in the order of the URLs; only those that differ, unless `all`. */
export async function compare(
  source: string | Uint8Array,
  urls: Iterable<string>,
  options: CompareOptions = {},
  load: LoadOptions = {},
): Promise<CompareRow[]> {
  const list = [...urls];
  const { profiles = profileNames, all = false, ...rest } = options;
  using pac = new Pac(source, load);
  const columns = new Map<ProfileName, Resolution[]>();
  for (const profile of profiles) columns.set(profile, await pac.resolveMany(list, { ...rest, profile }));
  const rows = list.map((url, at) => rowOf(url, at, columns));
  return all ? rows : rows.filter((row) => row.differs);
}

function rowOf(url: string, at: number, columns: ReadonlyMap<ProfileName, readonly Resolution[]>): CompareRow {
  const answers: Partial<Record<ProfileName, Resolution>> = {};
  const seen = new Set<string>();
  for (const [profile, column] of columns) {
    const resolution = column[at];
    if (!resolution) continue;
    answers[profile] = resolution;
    seen.add(resolution.routes.join(';'));
  }
  return { url, answers, differs: seen.size > 1 };
}
