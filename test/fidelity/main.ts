/**
 * `npm run fidelity`: real Chromium and Firefox beside the model. First random cases for every helper, then every
 * scenario that a browser can play; words choose scenarios by id and browsers (`real:firefox`), `--quick` leaves them
 * out, `--scenarios` leaves the random cases out. Exit code 1 when a random case differs, 3 where a browser or a namespace is missing.
 */
import { castFor, playableBy } from '../../src/beside/cast.ts';
import { whyNot } from '../../src/beside/sensible.ts';
import { prepareNamespace } from '../../src/beside/wiring.ts';
import { disk } from '../../src/cli/disk.ts';
import { findRealClient, inNamespace, isInNamespace } from '../../src/cli/real-client.ts';
import type { RealClient } from '../../src/cli/real-client.ts';
import { LabError } from '../../src/failure.ts';
import { loadSource } from '../../src/library/load.ts';
import { runScenario } from '../../src/run/run.ts';
import { skipped } from '../../src/run/suite.ts';
import type { RunRecord } from '../../src/run/record.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { workOff } from './crew.ts';
import type { Job } from './crew.ts';
import { differential, refuseEverywhere } from './differential.ts';
import { agreementText, agrees, differentialText, runText } from './table.ts';

const count = 2500;
/** Milliseconds for a run: Linux gives up a connection after 127 s, or 131 s since 6.5. */
const patience = 240_000;
/** What the browser's own start and end may take of it. */
const overhead = 15_000;
/** A run that takes longer by the model's account waits more than it works. */
const long = 15_000;
const { env } = process;
const words = process.argv.slice(2);
const names = ['chromium', 'firefox'].filter(
  (name) => !words.some((word) => word.startsWith('real:')) || words.includes(`real:${name}`),
);
const say = (text: string): void => void process.stdout.write(text);

async function measure(): Promise<number> {
  const clients = await Promise.all(names.map((name) => findRealClient(name, env)));
  if (!isInNamespace(env)) {
    const self = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
    return inNamespace({ env, signal: new AbortController().signal, self });
  }
  await prepareNamespace(env);
  const differ = words.includes('--scenarios') ? 0 : await randomCases(clients);
  if (!words.includes('--quick')) say(agreementText(await scenarios(clients)));
  return differ > 0 ? 1 : 0;
}

/** How many differ. */
async function randomCases(clients: readonly RealClient[]): Promise<number> {
  const seed = Number(env['PACLAB_SEED'] ?? 20_260_302);
  let differ = 0;
  await refuseEverywhere(env);
  for (const { browser, program } of clients) {
    const found = await differential(browser, program, { seed, count, env });
    say(differentialText(browser.name, found, seed));
    differ += found.differences.length + found.unasked.length;
  }
  return differ;
}

/** All of them at once; then those that differ, alone: what a crowded machine did is no difference. */
async function scenarios(clients: readonly RealClient[]): Promise<RunRecord[]> {
  const ids = words.filter((word) => !/^--|^real:/.test(word));
  const all = await loadSource(await scenarioFolder());
  const chosen = all.filter(({ model }) => ids.length === 0 || ids.includes(model.id));
  const records: RunRecord[] = [];
  const jobs: Job[] = [];
  for (const client of clients)
    for (const scenario of playableBy(chosen, client.browser.profile)) {
      const found = await jobFor(scenario, all, client);
      if ('verdict' in found) records.push(found);
      else jobs.push(found);
    }
  records.forEach((record) => say(runText(record)));
  const doubtful: Job[] = [];
  const judge = (job: Job, record: RunRecord): void => {
    if (agrees(record)) records.push(record);
    else doubtful.push(job);
    say(runText(record));
  };
  await workOff(jobs, { waiting: 14, working: 4 }, judge);
  say(`\nagain, alone: ${doubtful.length}\n`);
  const again = (_: Job, record: RunRecord): void => {
    records.push(record);
    say(runText(record));
  };
  await workOff(doubtful, { waiting: 6, working: 1 }, again);
  return records;
}

/** What is to be done, or the record of a run that is not for a browser. */
async function jobFor(
  given: Scenario,
  all: readonly Scenario[],
  { browser, program }: RealClient,
): Promise<Job | RunRecord> {
  const { scenario, instead } = castFor(given, browser.profile);
  const said = await runScenario(scenario, { clock: 'virtual', bytes: false, timeout: patience });
  const why = whyNot(scenario, said, { profile: browser.profile, patience: patience - overhead });
  const client = `real:${browser.name}`;
  if (why !== undefined)
    return {
      ...skipped(scenario),
      beside: { client, ...(instead === undefined ? {} : { instead }), skipped: why, rows: [] },
    };
  const row = all.filter(({ file }) => file === given.file).indexOf(given);
  const waits = said.labMs > long;
  return { browser: browser.name, program, file: given.file, row, timeout: patience, waits };
}

const scenarioFolder = async (): Promise<string> =>
  (await disk.kind('scenarios')) === 'folder' ? 'scenarios' : new URL('../../../scenarios', import.meta.url).pathname;

try {
  process.exitCode = await measure();
} catch (error) {
  if (!(error instanceof LabError)) throw error;
  process.stderr.write(`error: ${error.message}\n`);
  process.exitCode = 3;
}
