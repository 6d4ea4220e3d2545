/** The machine's files. */
import { closeSync, fchmodSync, openSync, watch, writeSync } from 'node:fs';
import { open, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

import { InputError, LabError } from '../failure.ts';
import { sayReadError } from '../scenario/reading.ts';
import { makeFolder } from './folders.ts';
import type { Files, OutputFile } from './tools.ts';

export const disk: Files = {
  read: (path) => readFile(path),
  real: (path) => realpath(path),
  names: (folder) => readdir(folder),
  async kind(path) {
    try {
      return (await stat(path)).isDirectory() ? 'folder' : 'file';
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
      // It is there, and reading it will say what is wrong.
      return 'file';
    }
  },
  async scenarios(folder) {
    const { glob } = await import('tinyglobby');
    const found = await glob('**/*.{yaml,yml}', {
      cwd: folder,
      ignore: ['**/node_modules/**'],
      expandDirectories: false,
    });
    const base = folder.replace(/\/+$/, '');
    return found.map((path) => (base === '.' ? path : `${base}/${path}`)).sort();
  },
  stream: pieces,
  create,
  watch: hearChanges,
};

function hearChanges(folders: readonly string[], hear: () => void): Disposable {
  const watchers = folders.flatMap((folder) => {
    try {
      return watch(folder, () => hear()).on('error', () => undefined);
    } catch {
      return [];
    }
  });
  return {
    [Symbol.dispose]() {
      for (const watcher of watchers) watcher.close();
    },
  };
}

/** Each piece lasts until the next one is asked for: they share their memory. */
async function* pieces(path: string): AsyncGenerator<Uint8Array> {
  try {
    const file = await open(path);
    try {
      const memory = Buffer.allocUnsafeSlow(1 << 20);
      for (;;) {
        const { bytesRead } = await file.read(memory, 0, memory.length);
        if (bytesRead === 0) return;
        yield memory.subarray(0, bytesRead);
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new InputError([{ message: `'${path}' ${sayReadError(error)}` }]);
  }
}

function create(path: string, mode?: number, fresh = false): OutputFile {
  const attempt = <T>(act: () => T): T => {
    try {
      return act();
    } catch (error) {
      throw new LabError(`cannot write ${path}: ${(error as Error).message}`, { cause: error });
    }
  };
  const file = attempt(() => {
    makeFolder(dirname(path));
    const opened = openSync(path, fresh ? 'wx' : 'w', mode);
    // A file that was there keeps its mode otherwise.
    if (mode !== undefined) fchmodSync(opened, mode);
    return opened;
  });
  // Written at once: what was reported before a crash is in the file.
  return {
    write: (content) => attempt(() => writeAll(file, typeof content === 'string' ? Buffer.from(content) : content)),
    close: () => closeSync(file),
  };
}

function writeAll(file: number, content: Uint8Array): void {
  for (let at = 0; at < content.length;) at += writeSync(file, content, at);
}
