/** Files that a scenario names: relative to it, and never outside of the folder it may use. */
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';

import { suggest } from './suggest.ts';

/** What reading files needs; the command line and the library hand in the machine's own. */
export interface FileSource {
  /** Rejects with the error of `node:fs` (`code: ENOENT` and so on). */
  read(path: string): Promise<Uint8Array>;
  /** The path with all symbolic links followed. */
  real(path: string): Promise<string>;
  /** The names in a folder. */
  names(folder: string): Promise<string[]>;
}

export interface ReadingOptions {
  /** The folder that no reference leaves. Unless given: the parent of the scenario's folder, so that stories may share. */
  root?: string;
  /** In bytes. */
  largest?: number;
}

export type Found = { ok: true; bytes: Uint8Array } | { ok: false; message: string; hint?: string };

const usualLargest = 16_000_000;

/** Reads what `reference` names, relative to `scenarioFile`; whatever stands in the way is said in words. */
export async function readReferenced(
  source: FileSource,
  scenarioFile: string,
  reference: string,
  { root = resolve(dirname(scenarioFile), '..'), largest = usualLargest }: ReadingOptions = {},
): Promise<Found> {
  const refuse = (message: string, hint?: string): Found => ({ ok: false, message, ...(hint ? { hint } : {}) });
  if (/^[a-z][a-z0-9+.-]+:/i.test(reference)) return refuse(`'${reference}' is a URL; a file is needed here`);
  if (isAbsolute(reference) || reference.includes('\0'))
    return refuse(`'${reference}' must be relative to the scenario file`);
  const target = resolve(dirname(scenarioFile), reference);
  if (!within(resolve(root), target)) return refuse(`'${reference}' lies outside of ${root}`);
  try {
    // A link may lead out where its name did not.
    if (!within(await source.real(root), await source.real(target)))
      return refuse(`'${reference}' is a link that leads outside of ${root}`);
    const bytes = await source.read(target);
    if (bytes.length > largest) return refuse(`'${reference}' has ${bytes.length} bytes; at most ${largest} are read`);
    return { ok: true, bytes };
  } catch (error) {
    return refuse(`'${reference}' ${sayReadError(error)}`, await meant(target, source));
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
