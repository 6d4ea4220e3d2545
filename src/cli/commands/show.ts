import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import type { RunResult } from '../../run/record.ts';
import type { Command } from '../command.ts';
import { readInput } from '../load.ts';
import { exitCodes } from '../tools.ts';
import type { Tools } from '../tools.ts';

const usualReport = 'report.html';

export const show: Command = {
  name: 'show',
  summary: 'what a report says; at a terminal, open its page',
  group: 'Scenarios',
  usage: '[report]',
  examples: ['show report.html', 'show result.json --json'],
  options: (definition) => definition.option('--json', 'print the whole result as JSON'),
  async run([file = usualReport], options, tools) {
    const [{ readReport }, { list }, { json }] = await Promise.all([
      import('../../web/read.ts'),
      import('../../report/reporters/list.ts'),
      import('../../report/reporters/json.ts'),
    ]);
    const result = readReport(new TextDecoder().decode(await readInput(file, tools)), file);
    const asked = options['json'] === true;
    const report = (asked ? json : list).open(tools.stdout);
    await report.start?.({ runs: result.runs });
    for (const run of result.runs) await report.run?.(run);
    await report.end?.(result satisfies RunResult);
    if (asked || !file.endsWith('.html')) return exitCodes.yes;
    const url = pathToFileURL(resolve(file)).href;
    tools.stdout.write(`  ${url}\n`);
    if (process.stdin.isTTY && tools.stdout.screen.interactive) open(url, tools);
    return exitCodes.yes;
  },
};

/** By whatever this system opens things with; when it has nothing, the address has been printed. */
function open(url: string, { env }: Tools): void {
  const program = { win32: 'explorer.exe', darwin: 'open' }[process.platform as string] ?? 'xdg-open';
  const child = spawn(program, [url], { env, stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}
