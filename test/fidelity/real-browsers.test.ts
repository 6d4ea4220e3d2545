/** Real browsers play scenarios, in a namespace of their own. Loudly skipped where there is none. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { afterAll, expect, test } from 'vitest';

import { findRealClient } from '../../src/cli/real-client.ts';
import { start } from '../../src/browser/program.ts';
import type { RunResult } from '../../src/run/record.ts';
import { built } from '../kit/built.ts';
import type { Built } from '../kit/built.ts';

const ids = ['base-wpad-proxy-ok', 'failover-first-refused', 'proxy-connect-3xx', 'pac-utf8-bom'];
/** Made once, for both. */
let made: Promise<Built> | undefined;
afterAll(async () => (await made)?.[Symbol.asyncDispose]());

const root = fileURLToPath(new URL('../..', import.meta.url));

for (const name of ['chromium', 'firefox'] as const) {
  const missing = await findRealClient(name, process.env).then(
    () => mayMakeNamespaces(),
    (error: Error) => error.message,
  );
  if (missing !== undefined) process.stderr.write(`\n*** real ${name} is NOT tested here: ${missing} ***\n\n`);

  test.skipIf(missing !== undefined)(`real ${name} does what the model says`, { timeout: 120_000 }, async () => {
    const program = await (made ??= built());
    const args = [program.main, 'run', ...ids, '--client', `real:${name}`, '--json'];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, maxBuffer: 1e8 });
    const { runs } = JSON.parse(stdout) as RunResult;
    const played = runs.filter(({ verdict }) => verdict !== 'skipped');
    expect(played.length).toBeGreaterThanOrEqual(3);
    for (const { id, verdict, beside, events } of played) {
      const differ = beside?.rows.filter(({ same, what }) => !same && !what.startsWith('diagnosis'));
      expect({ id, verdict, differ }).toEqual({ id, verdict: 'passed', differ: [] });
      // It was the browser that came: its own words are in its requests.
      const agents = events.flatMap(({ type, data }) =>
        type === 'http.request' || type === 'proxy.request'
          ? data.headers.flatMap(([field, value]) => (field.toLowerCase() === 'user-agent' ? [value] : []))
          : [],
      );
      if (agents.length > 0) expect(agents.join()).toMatch(name === 'chromium' ? /HeadlessChrome/ : /Firefox/);
    }
  });
}

/** Undefined when it may. */
async function mayMakeNamespaces(): Promise<string | undefined> {
  for (const way of [['--net'], ['--user', '--map-root-user', '--net']]) {
    await using made = start(['unshare', ...way, 'true'], process.env);
    await made.ended;
    if (made.child.exitCode === 0) return undefined;
  }
  return 'this user may not make a network namespace';
}
