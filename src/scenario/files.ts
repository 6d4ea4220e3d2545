/** Files that a scenario names. They stand relative to it, and never lie outside the folder it may use. */
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';

import type { Problem } from '../failure.ts';
import type { Path } from './document.ts';
import { suggest } from './suggest.ts';

/** What reading files needs; the command line hands in the machine's own. */
export interface FileSource {
  /** Rejects with the error of `node:fs` (`code: ENOENT` and so on). */
  read(path: string): Promise<Uint8Array>;
  /** The path with all symbolic links followed. */
  real(path: string): Promise<string>;
  /** The names in a folder. */
  names(folder: string): Promise<string[]>;
}

export interface ReferenceOptions {
  source: FileSource;
  /** The folder that no reference leaves; the scenario's own unless given. */
  root?: string;
  /** In bytes. */
  largest?: number;
}

/** Something that can name a mistake at a path: a document or one row of it. */
interface Complainer {
  problem(path: Path, message: string, options?: { hint?: string | undefined }): Problem;
}

/** One reference: what the file says, and where it says so. */
export interface FileReference {
  value: string;
  path: Path;
}

export type Referenced = { ok: true; path: string; bytes: Uint8Array } | { ok: false; problem: Problem };

const usualLargest = 16_000_000;

/** Reads what `reference` names, relative to `scenarioFile`. Anything that stands in the way is a problem at its place. */
export async function readReferenced(
  reference: FileReference,
  scenarioFile: string,
  document: Complainer,
  { source, root = dirname(scenarioFile), largest = usualLargest }: ReferenceOptions,
): Promise<Referenced> {
  const { value, path } = reference;
  const refuse = (message: string, hint?: string): Referenced => ({
    ok: false,
    problem: document.problem(path, message, { hint }),
  });
  if (/^[a-z][a-z0-9+.-]+:/i.test(value)) return refuse(`'${value}' is a URL; a file is needed here`);
  if (isAbsolute(value) || value.includes('\0')) return refuse(`'${value}' must be relative to the scenario file`);
  const target = resolve(dirname(scenarioFile), value);
  if (!within(resolve(root), target)) return refuse(`'${value}' lies outside of ${root}`);
  try {
    // A link may lead out where its name did not.
    if (!within(await source.real(root), await source.real(target)))
      return refuse(`'${value}' is a link that leads outside of ${root}`);
    const bytes = await source.read(target);
    if (bytes.length > largest) return refuse(`'${value}' has ${bytes.length} bytes; at most ${largest} are read`);
    return { ok: true, path: target, bytes };
  } catch (error) {
    return refuse(`'${value}' ${sayReadError(error)}`, await meant(target, source));
  }
}

const within = (root: string, target: string): boolean => {
  const way = relative(root, target);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
};

/** Why a file cannot be read, after its name: `does not exist`. */
export function sayReadError(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'does not exist';
  if (code === 'EISDIR') return 'is a folder';
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read';
  return `cannot be read: ${message}`;
}

async function meant(target: string, source: FileSource): Promise<string | undefined> {
  try {
    return suggest(relative(dirname(target), target), await source.names(dirname(target)));
  } catch {
    // The folder does not exist either; the message has said enough.
    return undefined;
  }
}
