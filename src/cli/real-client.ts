/** `--client real:NAME`: finds the browser, and starts this program anew in a network namespace of its own. */
import { constants as access } from 'node:fs';
import { access as mayRun } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

import { output } from '../browser/program.ts';
import type { Browser } from '../browser/browser.ts';
import { browsers } from '../browser/browsers/index.ts';
import { LabError } from '../failure.ts';
import { runProgram } from './child.ts';
import type { Environment, Tools } from './tools.ts';
import { unknownWord } from './usage.ts';

export interface RealClient {
  browser: Browser;
  /** The program's path. */
  program: string;
}

/** Programs of the system that make namespaces, cables and captures, and the Debian package of each. */
const needed: Readonly<Record<string, string>> = {
  unshare: 'util-linux',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
  bash: 'bash',
  ip: 'iproute2',
  dumpcap: 'wireshark-common',
  openssl: 'openssl',
  certutil: 'libnss3-tools',
  pk12util: 'libnss3-tools',
};

/** Set in the namespace, so that the program does not look for another one. */
const mark = 'PACLAB_NAMESPACE';

/** `chromium` or `firefox`. Throws InputError for another word, LabError for what this machine has not. */
export async function findRealClient(name: string, env: Environment): Promise<RealClient> {
  const browser = browsers.find((each) => each.name === name);
  if (!browser) throw unknownWord('client', `real:${name}`, ['model', ...browsers.map((each) => `real:${each.name}`)]);
  const [program] = (await Promise.all(browser.programs.map((each) => onPath(each, env)))).filter(
    (path) => path !== undefined,
  );
  if (program === undefined)
    throw new LabError(`there is no ${browser.name} on PATH: looked for ${browser.programs.join(', ')}`);
  const missing: string[] = [];
  for (const [tool, from] of Object.entries(needed))
    if ((await onPath(tool, env)) === undefined) missing.push(`${tool} (${from})`);
  if (missing.length > 0) throw new LabError(`real clients need programs that are not on PATH: ${missing.join(', ')}`);
  return { browser, program };
}

async function onPath(program: string, env: Environment): Promise<string | undefined> {
  for (const folder of (env['PATH'] ?? '').split(delimiter).filter((each) => each !== '')) {
    const path = join(folder, program);
    if (
      await mayRun(path, access.X_OK).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  return undefined;
}

export const isInNamespace = (env: Environment): boolean => env[mark] !== undefined;

/** Runs the same command line again, where story addresses and a kernel's firewall harm nobody. Gives its exit code. */
export async function inNamespace({ env, signal, self }: Pick<Tools, 'env' | 'signal' | 'self'>): Promise<number> {
  const ways = [['--net'], ['--user', '--map-root-user', '--net']];
  for (const way of ways) {
    const works = await output(['unshare', ...way, 'true'], env).then(
      () => true,
      () => false,
    );
    if (!works) continue;
    return runProgram(
      { program: 'unshare', args: [...way, ...(self ?? [])] },
      { ...env, [mark]: '1' },
      { signal, quiet: false },
    );
  }
  throw new LabError('real clients need a network namespace: neither root nor an unprivileged user may make one here');
}
