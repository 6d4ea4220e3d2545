/** The command line as somebody types it, on real files. */
import { readFile } from 'node:fs/promises';

import { disk } from '../../src/cli/disk.ts';
import { engine } from '../../src/cli/engine.ts';
import { runCli } from '../../src/cli/program.ts';
import { rules } from '../../src/diagnosis/index.ts';

const screen = { colour: false, interactive: false, columns: 100 };

/** The exit code, and what was said on either stream. */
export async function typed(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const code = await runCli(words, {
    version: '1.2.3',
    home: '/program',
    env: {},
    stdout: { screen, write: (text) => (said.out += text) },
    stderr: { screen, write: (text) => (said.err += text) },
    files: disk,
    signal: new AbortController().signal,
    shipped: (path) => readFile(path, 'utf8'),
    engine: async () => engine,
    rules: async () => rules,
  });
  return { code, ...said };
}
