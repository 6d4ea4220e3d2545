/**
 * `npm run fidelity`: real Chromium and Firefox beside the model. First random cases for every helper, then every
 * scenario that a browser can play; words choose scenarios by id, `--quick` leaves them out. Exit code 1 when a random
 * case differs, 3 where a browser or a namespace is missing.
 */
import { runBeside } from '../../src/beside/beside.ts';
import { playedBy } from '../../src/beside/sensible.ts';
import { prepareNamespace } from '../../src/beside/wiring.ts';
import { disk } from '../../src/cli/disk.ts';
import { findRealClient, inNamespace, isInNamespace } from '../../src/cli/real-client.ts';
import { LabError } from '../../src/failure.ts';
import { loadSource } from '../../src/library/load.ts';
import type { RunRecord } from '../../src/run/record.ts';
import { differential } from './differential.ts';
import { agreementText, differentialText, runText } from './table.ts';

const names = ['chromium', 'firefox'];
const count = 2500;
const patience = 60_000;
const { env } = process;
const words = process.argv.slice(2);
const say = (text: string): void => void process.stdout.write(text);

async function measure(): Promise<number> {
  const clients = await Promise.all(names.map((name) => findRealClient(name, env)));
  if (!isInNamespace(env)) {
    const self = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
    return inNamespace({ env, signal: new AbortController().signal, self });
  }
  await prepareNamespace(env);
  const seed = Number(env['PACLAB_SEED'] ?? 20_260_302);
  let differ = 0;
  for (const { browser, program } of clients) {
    const found = await differential(browser, program, { seed, count, env });
    say(differentialText(browser.name, found, seed));
    differ += found.differences.length + found.unasked.length;
  }
  if (!words.includes('--quick')) {
    const all = await loadSource(await scenarioFolder());
    const ids = words.filter((word) => !word.startsWith('--'));
    const records: RunRecord[] = [];
    for (const { browser, program } of clients)
      for (const scenario of all) {
        if (ids.length > 0 && !ids.includes(scenario.model.id)) continue;
        if (playedBy(scenario, browser.profile).length === 0) continue;
        const record = await runBeside(scenario, { browser, program, env, timeout: patience });
        records.push(record);
        say(runText(record));
      }
    say(agreementText(records));
  }
  return differ > 0 ? 1 : 0;
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
