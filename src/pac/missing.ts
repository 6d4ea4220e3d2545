/** Where a script uses what its client has and our engine has not: its answer there is not established. */
import type { Profile, ProfileName } from './profile.ts';
import { profileNamed } from './profiles/index.ts';

export interface Missing {
  readonly name: string;
  /** 1-based. */
  readonly line: number;
  readonly column: number;
}

/** Places in the order of the text. A text that is no script has none. */
export async function missingIn(source: string, profile: ProfileName): Promise<Missing[]> {
  const { missing } = profileNamed(profile).script;
  if (!missing.some((name) => source.includes(name.split('.').at(-1) ?? ''))) return [];
  const { usesOf } = await import('./uses.ts');
  return usesOf(source, missing);
}

/** The same as a sentence each, in the form of what a profile leaves open. */
export async function missingSentences(source: string, { name }: Profile): Promise<{ field: string; why: string }[]> {
  const places = await missingIn(source, name);
  return places.map((place) => ({
    field: 'script.missing',
    why: `Line ${place.line} uses ${place.name}, which scripts see in ${name} and not here: the answer there may be another.`,
  }));
}
