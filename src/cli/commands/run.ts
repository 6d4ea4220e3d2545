import { Option } from 'commander';

import { gather, listOption, textOption } from '../command.ts';
import type { Command, Options } from '../command.ts';
import { parseWishes, reporterNames } from '../outputs.ts';
import type { Wish } from '../outputs.ts';
import { select, selectionOptions } from '../select.ts';
import type { Selection } from '../select.ts';
import { failedLastTime } from '../last-run.ts';
import type { SuiteWish } from '../suite.ts';
import { exitCodes } from '../tools.ts';
import type { Tools } from '../tools.ts';
import type { TraceMode } from '../traces.ts';
import { misused, positive } from '../usage.ts';

const traceModes: readonly TraceMode[] = ['off', 'on', 'on-failure'];
const usualRunTimeout = '30s';
/** A browser waits for what the model only counts. */
const usualRealTimeout = '4m';
const usualOutput = '.paclab';
/** Above this, one line a run is more than anybody reads. */
const longSuite = 200;

export const run: Command = {
  name: 'run',
  summary: 'run scenario files, folders, or ids',
  group: 'Scenarios',
  usage: '[path...]',
  examples: ["run scenarios --tag 'auth and not slow'", 'run auth-407-connect --reporter list,junit:out.xml'],
  options: (definition) =>
    selectionOptions(definition)
      .option('--reporter <name[:file],...>', reporterNames, gather)
      .option('--json', 'print the result as JSON instead')
      .addOption(new Option('--clock <kind>', 'time of the lab (default: virtual)').choices(['virtual', 'real']))
      .option('--timeout <duration>', 'limit of everything together in wall time; exit code 5')
      .option('--run-timeout <duration>', `limit of one run in wall time (default: ${usualRunTimeout})`)
      .option('--client <name>', 'model, or a browser of this machine: real:chromium, real:firefox (default: model)')
      .option('--workers <n>', 'so many runs at a time, each with a thread of its own (default: 1)')
      .option('--why-not <id>', 'in place of a report: the evidence for this diagnosis')
      .option('--last-failed', 'only what did not pass last time')
      .option('--watch', 'run again what changes of files touch, until q or ctrl-c')
      .option('--max-failures <n>', 'skip the rest after so many runs that did not pass')
      .addOption(new Option('--trace <when>', 'write the events of each run (default: off)').choices(traceModes))
      .option('--capture <folder>', 'write each run as pcapng, with the keys of its TLS, and as HAR')
      .option('--output <folder>', `where traces go (default: ${usualOutput}); turns on --trace on-failure`),
  async run(words, options, tools) {
    const client = await realClientOf(options, tools);
    if (client && !client.here) return client.elsewhere();
    const limits = await limitsOf(options, client ? usualRealTimeout : usualRunTimeout);
    const wishes = wishesOf(options);
    const output = textOption(options, 'output') ?? usualOutput;
    const wishFor = (count: number): SuiteWish => ({
      ...limits,
      clock: options['clock'] === 'real' ? 'real' : 'virtual',
      wishes: wishes.length > 0 ? wishes : [{ name: client ? 'beside' : count > longSuite ? 'dot' : 'list' }],
      trace: traceOf(options),
      output,
      capture: textOption(options, 'capture'),
      client,
    });
    if (options['watch'] === true) return watching(words, options, wishFor, tools);
    const selected = await select(words, options, tools);
    const asked = client ? await playable(selected, client) : selected;
    const { scenarios, nothing } = options['lastFailed'] === true ? await again(asked, output, tools) : asked;
    if (scenarios.length === 0) {
      tools.stderr.write(`${nothing}\n`);
      return exitCodes.nothing;
    }
    const doubted = textOption(options, 'whyNot');
    if (doubted !== undefined) {
      const { explainRuns } = await import('../why-not-runs.ts');
      const clock = options['clock'] === 'real' ? 'real' : 'virtual';
      return explainRuns(doubted, scenarios, { clock, timeout: limits.runTimeout }, tools);
    }
    const { runAndReport } = await import('../suite.ts');
    return runAndReport(scenarios, wishFor(scenarios.length), tools);
  },
};

async function watching(
  words: readonly string[],
  options: Options,
  wishFor: (count: number) => SuiteWish,
  tools: Tools,
): Promise<number> {
  for (const [option, flag] of [
    ['client', '--client'],
    ['whyNot', '--why-not'],
    ['lastFailed', '--last-failed'],
  ] as const)
    if (options[option] !== undefined) throw misused(`--watch and ${flag} do not go together`);
  const [{ watchRuns }, { runAndReport }] = await Promise.all([import('../watch.ts'), import('../suite.ts')]);
  return watchRuns(
    { words, options, run: (some, own, heard) => runAndReport(some, { ...wishFor(some.length), heard }, own) },
    tools,
  );
}

/** The browser that plays; this process may have to be started again, in a namespace of its own. */
async function realClientOf(options: Options, tools: Tools) {
  const name = textOption(options, 'client') ?? 'model';
  if (name === 'model') return undefined;
  const { findRealClient, inNamespace, isInNamespace } = await import('../real-client.ts');
  const found = await findRealClient(name.replace(/^real:/, ''), tools.env);
  for (const [option, flag] of [
    ['workers', '--workers'],
    ['capture', '--capture'],
    ['clock', '--clock'],
  ] as const)
    if (options[option] !== undefined) throw misused(`${flag} is not for real clients`);
  return { ...found, here: isInNamespace(tools.env), elsewhere: () => inNamespace(tools) };
}

/** Only scenarios that have a browser for a client. */
async function playable(
  { scenarios }: Selection,
  { browser }: { browser: { name: string; profile: string } },
): Promise<Selection> {
  const { playableBy } = await import('../../beside/cast.ts');
  const rest = playableBy(scenarios, browser.profile);
  return { scenarios: rest, nothing: `none of ${scenarios.length} runs has a client for real:${browser.name} to play` };
}

/** Only what did not pass last time. */
async function again({ scenarios }: Selection, output: string, { files }: Tools): Promise<Selection> {
  const failed = await failedLastTime(scenarios, output, files);
  const nothing = failed ? 'nothing failed last time' : `no run has failed here: ${output} keeps none`;
  return { scenarios: failed ?? [], nothing };
}

async function limitsOf(options: Options, usual: string) {
  const { parseDuration } = await import('../../duration.ts');
  const duration = (name: string, flag: string): number | undefined => {
    const text = textOption(options, name);
    if (text === undefined) return undefined;
    const ms = parseDuration(text);
    if (ms === undefined || ms <= 0) throw misused(`${flag} takes a duration such as 90s or 10m, got '${text}'`);
    return ms;
  };
  const failures = textOption(options, 'maxFailures');
  const workers = textOption(options, 'workers');
  return {
    timeout: duration('timeout', '--timeout'),
    runTimeout: duration('runTimeout', '--run-timeout') ?? parseDuration(usual) ?? 0,
    workers: workers === undefined ? 1 : positive(workers, '--workers'),
    maxFailures: failures === undefined ? undefined : positive(failures, '--max-failures'),
  };
}

function wishesOf(options: Options): Wish[] {
  const wishes = parseWishes(listOption(options, 'reporter'));
  if (options['json'] !== true) return wishes;
  const rival = wishes.find(({ file }) => file === undefined);
  if (rival)
    throw misused(
      `--json and --reporter ${rival.name} both write to standard output`,
      `such as --reporter ${rival.name}:FILE`,
    );
  return [{ name: 'json' }, ...wishes];
}

function traceOf(options: Options): TraceMode {
  const wanted = textOption(options, 'trace');
  const usual = textOption(options, 'output') === undefined ? 'off' : 'on-failure';
  return traceModes.find((mode) => mode === wanted) ?? usual;
}
