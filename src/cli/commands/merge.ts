import { readBlob } from '../../report/blob.ts';
import { resultOf } from '../../run/record.ts';
import { gather, listOption } from '../command.ts';
import type { Command } from '../command.ts';
import { readInput } from '../load.ts';
import { openOutputs, parseWishes, reporterNames } from '../outputs.ts';
import { exitCodes } from '../tools.ts';
import { misused } from '../usage.ts';

export const merge: Command = {
  name: 'merge',
  summary: 'the shards of a suite as one report of any kind',
  group: 'Scenarios',
  usage: '<blob...>',
  examples: ['merge blobs/1.ndjson blobs/2.ndjson', 'merge blobs/*.ndjson --reporter junit:junit.xml,github'],
  options: (definition) =>
    definition
      .option('--reporter <name[:file],...>', reporterNames, gather)
      .option('--json', 'print the whole result as JSON'),
  async run(files, options, tools) {
    const wishes = [
      ...(options['json'] === true ? [{ name: 'json' }] : []),
      ...parseWishes(listOption(options, 'reporter')),
    ];
    const [{ reporters }, { openReports }] = await Promise.all([
      import('../../report/reporters/index.ts'),
      import('../../report/several.ts'),
    ]);
    const blobs = await Promise.all(
      files.map(async (file) => ({ file, ...readBlob(new TextDecoder().decode(await readInput(file, tools)), file) })),
    );
    const runs = blobs.flatMap((blob) => blob.runs);
    if (runs.length === 0) {
      tools.stderr.write('there are no runs in these files\n');
      return exitCodes.nothing;
    }
    if (wishes.filter(({ file }) => file === undefined).length > 1)
      throw misused('two reports would both write to standard output', 'such as --reporter junit:FILE');
    using outputs = openOutputs(wishes.length > 0 ? wishes : [{ name: 'dot' }], reporters, tools);
    const reports = openReports(outputs.destinations);
    await reports.start({ runs });
    for (const run of runs) await reports.run(run);
    // Shards ran side by side: the longest one is what the suite took.
    const result = resultOf(runs, Math.max(...blobs.map(({ wallMs }) => wallMs)));
    await reports.end(result);
    for (const { name, error } of reports.failures)
      tools.stderr.write(`the reporter '${name}' broke: ${error.message}\n`);
    const short = blobs.filter(({ cut }) => cut);
    for (const { file } of short) tools.stderr.write(`${file} ends early: its shard was cut short\n`);
    const { codeOf } = await import('../suite.ts');
    const code = codeOf(result, reports.failures.length > 0);
    return code === exitCodes.yes && short.length > 0 ? exitCodes.machine : code;
  },
};
