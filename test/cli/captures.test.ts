import { expect, test } from 'vitest';

import type { Engine } from '../../src/cli/tools.ts';
import { fakeEngine, paclab, story } from '../kit/tools.ts';

const files = {
  'scenarios/basic.yaml': story('basic'),
  'scenarios/fails-here.yaml': story('fails-here'),
  'scenarios/ntlm.yaml': story('ntlm', 'matrix: { version: [1, 2] }'),
};

/** The files of a run, and whether its events kept their bytes. */
async function run(line: string) {
  const kept: boolean[] = [];
  const engine: Engine = {
    ...fakeEngine,
    runSuite(scenarios, options) {
      kept.push(options.bytes);
      return fakeEngine.runSuite(scenarios, options);
    },
  };
  const session = await paclab(`run scenarios ${line}`, { files, engine });
  // Which runs failed is kept for `--last-failed`, whatever else is written.
  const written = Object.entries(session.files).filter(
    ([path]) => !(path in files) && !path.endsWith('/last-run.json'),
  );
  return { ...session, kept, written: new Map(written) };
}

test('each run becomes a pcapng and a HAR of its name, and its bytes are kept', async () => {
  const { written, kept } = await run('--capture out');
  expect([...written.keys()].sort()).toEqual(
    ['basic', 'fails-here', 'ntlm-version=1', 'ntlm-version=2'].flatMap((name) => [
      `out/${name}.har`,
      `out/${name}.pcapng`,
    ]),
  );
  expect(written.get('out/basic.pcapng')).toMatch(/^\n\r\r\n/);
  expect(written.get('out/basic.pcapng')).toContain('basic: The story of basic');
  expect(JSON.parse(written.get('out/basic.har') ?? '')).toMatchObject({
    log: { creator: { name: 'paclab', version: '1.2.3' }, comment: 'basic: The story of basic' },
  });
  expect(kept).toEqual([true]);
});

test('without the wish there are no captures, and no bytes', async () => {
  const { written, kept } = await run('--trace on --output out');
  expect([...written.keys()].filter((path) => !path.endsWith('.ndjson'))).toEqual([]);
  expect(kept).toEqual([false]);
});

test('what was skipped has no capture', async () => {
  const { written } = await run('--capture out --max-failures 1');
  expect([...written.keys()].sort()).toEqual([
    'out/basic.har',
    'out/basic.pcapng',
    'out/fails-here.har',
    'out/fails-here.pcapng',
  ]);
});

test('a capture that cannot be written does not stop the run, and the exit code says so', async () => {
  const { code, out, err } = await paclab('run scenarios --id basic --capture /full', { files });
  expect([code, out]).toEqual([3, expect.stringContaining('1 passed')]);
  expect(err).toContain("the reporter 'capture' broke: cannot write /full/basic.pcapng");
});
