/** A customer's files for programs: the same as `paclab import`, as values. */
import { disk } from '../cli/disk.ts';
import { InputError } from '../failure.ts';
import { importSent } from '../reproduce/index.ts';
import type { Import, ImportOptions } from '../reproduce/index.ts';

/** Reads the files at these paths and writes nothing. Throws InputError with every file that cannot be used. */
export async function importFiles(paths: readonly string[], options: ImportOptions = {}): Promise<Import> {
  for (const path of paths) {
    if ((await disk.kind(path)) !== 'file') throw new InputError([{ message: `there is no file '${path}'` }]);
  }
  return importSent(
    paths.map((name) => ({ name, open: () => disk.stream(name) })),
    options,
  );
}
