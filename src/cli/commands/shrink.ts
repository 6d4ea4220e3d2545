import { resolve } from 'node:path';

import { readReferenced } from '../../scenario/reading.ts';
import { textOption } from '../command.ts';
import type { Command } from '../command.ts';
import { readInput } from '../load.ts';
import { exitCodes } from '../tools.ts';
import { misused } from '../usage.ts';

export const shrink: Command = {
  name: 'shrink',
  summary: 'the smallest scenario and script with the same diagnosis',
  group: 'Repro',
  usage: '<scenario>',
  examples: ['shrink repro.yaml -o small.yaml', 'shrink scenarios/auth/auth-407-connect.yaml'],
  options: (definition) =>
    definition
      .option('-o, --output <file>', 'where it goes, in the same folder (default: standard output)')
      .option('--force', 'write over a file that is there')
      .option('--json', 'print sizes and diagnosis as JSON'),
  async run([file = ''], options, tools) {
    const { files, stdout, stderr, signal } = tools;
    const output = textOption(options, 'output');
    if (output !== undefined && resolve(output, '..') !== resolve(file, '..'))
      throw misused('-o must be in the folder of the scenario', 'files that it names are relative to it');
    if (output !== undefined && options['force'] !== true && (await files.kind(output)))
      throw misused(`'${output}' is there already`, '--force writes over it');
    const text = Buffer.from(await readInput(file, tools)).toString('utf8');
    const { shrinkScenario } = await import('../../reproduce/index.ts');
    const every = stderr.screen.interactive ? 5 : 100;
    const made = await shrinkScenario(text, file, {
      read: (from, reference) => readReferenced(files, from, reference),
      signal,
      progress: ({ tried, lines }) => {
        if (tried % every === 0)
          stderr.write(
            `${stderr.screen.interactive ? '\r\u001b[2K' : ''}${tried} tried, ${lines} lines${stderr.screen.interactive ? '' : '\n'}`,
          );
      },
    });
    if (stderr.screen.interactive) stderr.write('\r\u001b[2K');
    const { scenario, before, after, tried, diagnosis } = made;
    if (output !== undefined) {
      const created = files.create(output);
      created.write(scenario);
      created.close();
    }
    if (options['json'] === true)
      stdout.write(`${JSON.stringify({ version: 1, output: output ?? null, ...made }, null, 2)}\n`);
    else if (output === undefined) stdout.write(scenario);
    stderr.write(
      `${before.lines} lines (${before.bytes} bytes) → ${after.lines} lines (${after.bytes} bytes), ${tried} tried, still ${diagnosis.join(', ')}\n`,
    );
    return exitCodes.yes;
  },
};
