/** Files that the command line names, as evidence: streamed, with progress where somebody watches. */
import { basename } from 'node:path';

import type { Evidence, EvidenceFile } from '../evidence/index.ts';
import { listOption, textOption } from './command.ts';
import type { Options } from './command.ts';
import type { Tools } from './tools.ts';
import { misused } from './usage.ts';

/** Reads what the words name. Throws InputError for what cannot be used. */
export async function evidenceIn(words: readonly string[], options: Options, tools: Tools): Promise<Evidence> {
  const { readEvidence } = await import('../evidence/index.ts');
  const files: EvidenceFile[] = [];
  for (const word of words) {
    const kind = await tools.files.kind(word);
    if (kind === undefined) throw misused(`'${word}' does not exist`);
    if (kind === 'folder') throw misused(`'${word}' is a folder; name the files in it`);
    files.push({ name: shownName(word, words), open: () => stoppable(word, tools) });
  }
  const proxies = listOption(options, 'proxy');
  const wrong = proxies.find((text) => !/^(?:[\w.-]+|\[[\da-f:]+\]):\d{1,5}$/i.test(text));
  if (wrong !== undefined)
    throw misused(`--proxy takes host:port, got '${wrong}'`, 'such as --proxy proxy.corp.example:8080');
  const filter = textOption(options, 'filter');
  const { screen, write } = tools.stderr;
  try {
    return await readEvidence(files, {
      proxies,
      ...(filter === undefined ? {} : { filter }),
      ...(screen.interactive
        ? { progress: ({ file, bytes }) => write(`\r\u001b[2K${file}: ${Math.round(bytes / 1024 / 1024)} MiB`) }
        : {}),
    });
  } finally {
    if (screen.interactive) write('\r\u001b[2K');
  }
}

/** The name alone, as long as no other file has it too. */
export const shownName = (word: string, words: readonly string[]): string =>
  words.filter((other) => basename(other) === basename(word)).length > 1 ? word : basename(word);

/** The pieces of a file, until the user stops. */
export async function* stoppable(path: string, { files, signal }: Tools): AsyncGenerator<Uint8Array> {
  for await (const piece of files.stream(path)) {
    signal.throwIfAborted();
    yield piece;
  }
}
