/** Where things of this user are kept: what runs, and the authorities of this machine. */
import { chmod, lstat, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

import { LabError } from '../failure.ts';
import type { AuthorityStore } from '../net/certificates.ts';
import { makeFolder } from './folders.ts';
import type { Environment } from './tools.ts';
import { misused } from './usage.ts';

/** What a running lab tells those who look for it. */
export interface RunningLab {
  pid: number;
  /** `http://127.0.0.1:7400` */
  url: string;
  token: string;
  scenario: string;
}

const privateFolder = 0o700;
const privateFile = 0o600;

/** `$XDG_RUNTIME_DIR/paclab`, else a folder of this user among the temporary files. */
const runtimeFolder = (env: Environment): string =>
  env['XDG_RUNTIME_DIR']
    ? join(env['XDG_RUNTIME_DIR'], 'paclab')
    : join(tmpdir(), `paclab-${process.getuid?.() ?? 'user'}`);

/** `$PACLAB_CA_DIR`, else `$XDG_DATA_HOME/paclab/ca`. */
export const authorityFolder = (env: Environment): string =>
  env['PACLAB_CA_DIR'] ?? join(env['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'paclab', 'ca');

/** Nobody else may read or have made it: it holds tokens and keys. Throws LabError. */
async function ownFolder(folder: string): Promise<string> {
  try {
    makeFolder(folder, privateFolder);
    const { uid, mode } = await lstat(folder);
    const user = process.getuid?.();
    if (user !== undefined && uid !== user) throw new Error('it belongs to another user');
    if ((mode & 0o077) !== 0) await chmod(folder, privateFolder);
    return folder;
  } catch (error) {
    throw new LabError(`cannot use the folder ${folder}: ${(error as Error).message}`, { cause: error });
  }
}

/** Tells where the lab of this process is, until it is taken back. */
export async function announce(env: Environment, lab: RunningLab): Promise<AsyncDisposable & { file: string }> {
  const folder = await ownFolder(runtimeFolder(env));
  const file = join(folder, `${lab.pid}.json`);
  await writeFile(file, `${JSON.stringify(lab, null, 2)}\n`, { mode: privateFile });
  return { file, [Symbol.asyncDispose]: () => rm(file, { force: true }) };
}

/** Labs of this user that run; what a lab left that was killed is taken away. */
export async function runningLabs(env: Environment): Promise<RunningLab[]> {
  const folder = runtimeFolder(env);
  const names = await readdir(folder).catch(() => []);
  const labs: RunningLab[] = [];
  for (const name of names.filter((each) => /^\d+\.json$/.test(each)).toSorted()) {
    const file = join(folder, name);
    const lab = await readFile(file, 'utf8').then(
      (text) => JSON.parse(text) as RunningLab,
      () => undefined,
    );
    if (lab && isAlive(lab.pid)) labs.push(lab);
    else await rm(file, { force: true });
  }
  return labs;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Certificates for a program to trust, in a file that goes with it. */
export async function trustFile(env: Environment, pem: string): Promise<AsyncDisposable & { file: string }> {
  const file = join(await ownFolder(runtimeFolder(env)), `trust-${process.pid}.pem`);
  await writeFile(file, pem, { mode: privateFile });
  return { file, [Symbol.asyncDispose]: () => rm(file, { force: true }) };
}

/** There can be no folder of that name. */
const impossible = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP', 'EINVAL', 'ERR_INVALID_ARG_VALUE']);

/** Certificates and keys of the authorities of this machine, made when first needed. */
export function authorityStore(env: Environment): AuthorityStore & { folder: string } {
  const folder = authorityFolder(env);
  const files = (name: string) => ({ cert: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) });
  const read = async (name: string) => {
    const { cert, key } = files(name);
    try {
      return { certPem: await readFile(cert, 'utf8'), keyPem: await readFile(key, 'utf8') };
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
      throw new LabError(`cannot read ${cert}: ${(error as Error).message}`, { cause: error });
    }
  };
  return {
    folder,
    read,
    async write(name, made) {
      const { cert, key } = files(name);
      await ownFolder(folder).catch((error: unknown) => {
        // A folder that this user has named and that cannot be is a mistake; one that may not be written is a machine's way.
        const { code = '' } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
        if (env['PACLAB_CA_DIR'] === undefined || !impossible.has(code)) throw error;
        throw misused(`PACLAB_CA_DIR: ${(error as Error).message}`, 'it names a folder that can be made, or none');
      });
      try {
        await writeFile(key, made.keyPem, { mode: privateFile, flag: 'wx' });
        await writeFile(cert, made.certPem, { flag: 'wx' });
        return made;
      } catch (error) {
        // Another lab of this user was first; it may still be writing the second file.
        const theirs = (error as NodeJS.ErrnoException).code === 'EEXIST' ? await read(name) : undefined;
        if (theirs) return theirs;
        throw new LabError(`cannot write ${cert}: ${(error as Error).message}`, { cause: error });
      }
    },
  };
}
