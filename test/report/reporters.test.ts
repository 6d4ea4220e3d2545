import { DOMParser } from '@xmldom/xmldom';
import { parse } from 'yaml';
import { expect, test } from 'vitest';

import type { Reporter, Screen } from '../../src/report/reporter.ts';
import { reporters } from '../../src/report/reporters/index.ts';
import { openReports } from '../../src/report/several.ts';
import type { RunResult } from '../../src/run/record.ts';
import { everything, failed, one, onlyGood, passed, readBack, rows } from '../kit/records.ts';

const plain: Screen = { colour: false, interactive: false, columns: 100 };

const report = async (name: string, result: RunResult, screen = plain): Promise<string> => {
  const reporter = reporters.find((each) => each.name === name);
  if (!reporter) throw new Error(`no reporter ${name}`);
  let text = '';
  const opened = openReports([{ reporter, sink: { screen, write: (part) => (text += part) } }]);
  await opened.start({ runs: result.runs });
  for (const run of result.runs) await opened.run(run);
  await opened.end(result);
  expect(opened.failures).toEqual([]);
  return text;
};

/** The page of `html` is compiled for browsers; test/web looks at it in one. */
const names = reporters.map(({ name }) => name).filter((name) => name !== 'html');

test.each(names)('%s writes its golden text for a record just made and for the same record read back', async (name) => {
  const made = await report(name, everything);
  await expect(made).toMatchFileSnapshot(`../golden/report-${name}.txt`);
  expect(await report(name, readBack(everything))).toBe(made);
});

test('a suite without failures says so in few lines', async () => {
  await expect(await report('list', onlyGood)).toMatchFileSnapshot('../golden/report-list-good.txt');
  await expect(await report('dot', onlyGood)).toMatchFileSnapshot('../golden/report-dot-good.txt');
});

test('a run that is looked at alone tells its findings although it passed', async () => {
  expect(await report('list', one)).toContain('finding');
  expect(await report('list', onlyGood)).not.toContain('finding');
});

test('no report for people lets a stranger steer the terminal', async () => {
  for (const name of ['list', 'dot']) {
    const text = await report(name, everything);
    expect(text).not.toMatch(/(?!\n)\p{Cc}|\u202e/u);
    expect(text).toContain('公司 😀');
  }
});

test('colours and progress appear only on a screen that has them', async () => {
  const escape = '\u001b[';
  expect(await report('list', everything, { ...plain, colour: true })).toContain(`${escape}32m✓`);
  const live = await report('list', onlyGood, { ...plain, interactive: true });
  expect(live).toContain('… 1 of 3');
  expect(live).toContain('\r\u001b[2K');
  expect(await report('list', onlyGood)).not.toContain('of 3');
});

test('json is the result itself', async () => {
  expect(JSON.parse(await report('json', everything))).toEqual(readBack(everything));
});

const casesOf = (xml: string) => {
  const mistakes: string[] = [];
  const document = new DOMParser({ onError: (_level, message) => mistakes.push(message) }).parseFromString(
    xml,
    'text/xml',
  );
  expect(mistakes).toEqual([]);
  return [...document.getElementsByTagName('testcase')];
};

test('junit is well-formed whatever the texts hold, and keeps them', async () => {
  const cases = casesOf(await report('junit', everything));
  expect(cases.length).toBe(7);
  const failures = cases.flatMap((each) => [...each.getElementsByTagName('failure')]);
  expect(failures.length).toBe(2);
  expect(failures[0]?.textContent).toContain('scenarios/failover-first-refused.yaml:40:15');
  expect(failures[0]?.textContent).toContain('closest:  #3 at 21 s, client:service: client.attempt-finished');
  expect(failures[1]?.textContent).toContain('<b> & "x"');
  expect(failures[1]?.textContent).toContain('公司 😀');
});

test('junit counts agree with its cases', async () => {
  const xml = await report('junit', everything);
  const [, head = ''] = /<testsuites ([^>]*)>/.exec(xml) ?? [];
  expect(head).toContain('tests="7" failures="2" errors="1"');
});

test('junit cases are unique by classname and name, also when two rows look alike', async () => {
  const twins = [{ n: 1 }, { n: '1' }].map((row) => ({ ...passed, row }));
  const result = {
    ...everything,
    runs: [...everything.runs, ...twins, { ...passed, file: 'other/healthy-direct.yaml' }],
  };
  const keys = casesOf(await report('junit', result)).map(
    (each) => `${each.getAttribute('classname')} ${each.getAttribute('name')}`,
  );
  expect(new Set(keys).size).toBe(result.runs.length);
  expect(keys).toContain('scenarios.healthy-direct healthy-direct [n=1] (2)');
  expect(keys).toContain('scenarios.auth.auth-407-connect auth-407-connect [schemes=negotiate+ntlm]');
});

test('every diagnostic block of tap is YAML, and descriptions escape what TAP gives a meaning', async () => {
  const text = await report('tap', everything);
  const blocks = [...text.matchAll(/^ {2}---\n([\s\S]*?)^ {2}\.\.\.\n/gm)].map(
    ([, block = '']) => parse(block) as unknown,
  );
  expect(blocks.length).toBe(6);
  expect(blocks[3]).toMatchObject({
    failures: [{ at: 'scenarios/failover-first-refused.yaml:40:15' }, {}],
    lab_ms: 21_000,
  });
  expect(text).toContain('\\#\\\\]');
  expect(text.trimEnd().split('\n').at(-1)).toBe('1..7');
});

test('a reporter that breaks is dropped and remembered, and the others go on', async () => {
  const calls: string[] = [];
  const breaks = (at: string): Reporter => ({
    name: `breaks at ${at}`,
    summary: '',
    open: () => {
      const act = (name: string) => () => {
        calls.push(name);
        if (name === at) throw new Error('disk full');
      };
      act('open')();
      return { start: act('start'), run: act('run'), end: act('end') };
    },
  });
  let good = '';
  const opened = openReports([
    ...['open', 'start', 'run', 'end'].map((at) => ({
      reporter: breaks(at),
      sink: { screen: plain, write: () => undefined },
    })),
    { reporter: reporters[0] as Reporter, sink: { screen: plain, write: (text) => (good += text) } },
  ]);
  await opened.start({ runs: [passed, failed] });
  await opened.run(rows[0] ?? passed);
  await opened.run(failed);
  await opened.end(onlyGood);
  expect(opened.failures.map(({ name, error }) => `${name}: ${error.message}`)).toEqual([
    'breaks at open: disk full',
    'breaks at start: disk full',
    'breaks at run: disk full',
    'breaks at end: disk full',
  ]);
  expect(calls.filter((name) => name === 'run').length).toBe(1 + 2);
  expect(good).toContain('✗ failover-first-refused');
});
