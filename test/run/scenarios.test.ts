import { describe, expect, test } from 'vitest';
import { z } from 'zod';

import { diagnose, rules } from '../../src/diagnosis/index.ts';
import type { Finding } from '../../src/finding.ts';
import type { RunRecord } from '../../src/run/record.ts';
import { runScenario } from '../../src/run/run.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { renamed } from '../kit/renamed.ts';
import { scenarioFrom, shippedScenarios, titleOf } from '../kit/scenarios.ts';

const scenarios = await shippedScenarios();
const options = { clock: 'virtual', bytes: false, timeout: 20_000 } as const;
const records = new Map<Scenario, Promise<RunRecord>>();

/** A story names all that is found: a list, not one among others. */
const wholeList = z.object({ diagnosis: z.array(z.object({ id: z.string() })) });

/** One run of each scenario serves all questions to it. */
const recordOf = (scenario: Scenario): Promise<RunRecord> => {
  const record = records.get(scenario) ?? runScenario(scenario, options);
  records.set(scenario, record);
  return record;
};
const titled = scenarios.map((scenario) => [titleOf(scenario), scenario] as const);
const faulty = titled.filter(([, { model }]) => !model.tags.includes('baseline'));
const isStory = ({ model }: Scenario): boolean => model.tags.includes('story');
const stories = titled.filter(([, scenario]) => isStory(scenario));
const single = titled.filter(([, scenario]) => !isStory(scenario));

/** One finding stands for all failure modes that leave its evidence. */
const standsFor = (finding: Finding, id: string): boolean =>
  finding.id === id || finding.alternatives.some((alternative) => alternative.id === id);

describe('every shipped scenario holds', () => {
  test.each(titled)('%s', async (_title, scenario) => {
    const { verdict, expectations, broken } = await recordOf(scenario);
    expect({ verdict, broken, missed: expectations.filter(({ passed }) => !passed) }).toEqual({
      verdict: 'passed',
      broken: undefined,
      missed: [],
    });
  });
});

describe('a scenario finds what it is named after, and nothing else', () => {
  test.each(single)('%s', async (_title, scenario) => {
    const { findings } = await recordOf(scenario);
    const { id, tags } = scenario.model;
    const named = findings.map((finding) => (standsFor(finding, id) ? id : finding.id));
    expect(named).toEqual(tags.includes('baseline') ? [] : [id]);
    for (const { evidence } of findings) expect(evidence.length).toBeGreaterThan(0);
  });
});

/** Expected × found, as a sparse matrix: one line for each finding, `none` for the healthy. */
function confusionTable(runs: readonly { expected: string; found: string; diagonal: boolean }[]): string {
  const lines = new Map<string, Map<string, number>>();
  for (const { expected, found, diagonal } of runs) {
    const cells = lines.get(found) ?? new Map<string, number>();
    lines.set(found, cells);
    const cell = diagonal ? expected : `!! ${expected}`;
    cells.set(cell, (cells.get(cell) ?? 0) + 1);
  }
  return [...lines]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([found, cells]) => `${found} <- ${[...cells].map(([id, count]) => `${id} ${count}`).join(', ')}`)
    .join('\n');
}

test('the confusion table of all scenarios and all diagnoses is diagonal, alternatives counted with their group', async () => {
  const runs = [];
  // A story has a list of its own, which another test holds it to.
  for (const [, scenario] of single) {
    const { findings } = await recordOf(scenario);
    const { id, tags } = scenario.model;
    const expected = tags.includes('baseline') ? 'none' : id;
    if (findings.length === 0) runs.push({ expected, found: 'none', diagonal: expected === 'none' });
    for (const finding of findings) runs.push({ expected, found: finding.id, diagonal: standsFor(finding, expected) });
  }
  process.stdout.write(`\nfound <- expected (runs)\n${confusionTable(runs)}\n`);
  expect(runs.filter(({ diagonal }) => !diagonal)).toEqual([]);
  expect(new Set(runs.map(({ found }) => found))).toEqual(new Set(['none', ...rules.map(({ id }) => id)]));
}, 120_000);

test('no diagnosis rests on a name, an address or a port of the lab', async () => {
  for (const [title, scenario] of titled) {
    const { events, findings } = await recordOf(scenario);
    const elsewhere = diagnose(renamed(events)).map(({ id }) => id);
    expect(elsewhere, title).toEqual(findings.map(({ id }) => id));
  }
}, 600_000);

describe('a story finds what it lists, in that order, and nothing else', () => {
  test.each(stories)('%s', async (_title, scenario) => {
    const { findings } = await recordOf(scenario);
    const listed = wholeList.parse(scenario.model.expect).diagnosis.map(({ id }) => id);
    expect(findings.map(({ id }) => id)).toEqual(listed);
    for (const { evidence } of findings) expect(evidence.length).toBeGreaterThan(0);
  });

  test('each deployment of the seed has a whole form and broken ones, and four stories have three faults', () => {
    const rows = (id: string) => stories.filter(([, { model }]) => model.id === id).map(([, { row }]) => row);
    for (const id of ['story-bypass', 'story-wpad', 'story-explicit', 'story-backend']) {
      expect(rows(id)[0]).toMatchObject({ case: { broken: 'nothing', finds: 'none' } });
      expect(rows(id).length).toBeGreaterThan(8);
    }
    expect(stories.filter(([, { model }]) => model.id.startsWith('story-three-')).length).toBeGreaterThanOrEqual(4);
  });
});

describe('with the fault turned off nothing is found', () => {
  test.each(faulty)('%s', async (_title, scenario) => {
    if (!scenario.twin) throw new Error('the scenario does not say how its fault is turned off');
    const { findings, verdict, broken } = await runScenario({ ...scenario, model: scenario.twin }, options);
    expect({ verdict, broken, findings }).toEqual({ verdict: 'passed', broken: undefined, findings: [] });
  });
});

test('every diagnosis has a scenario of its name, and every scenario with a fault a diagnosis that names it', () => {
  const ids = [...new Set(faulty.filter(([, scenario]) => !isStory(scenario)).map(([, { model }]) => model.id))];
  const known = new Set(rules.flatMap(({ id, alternatives }) => [id, ...alternatives.map((other) => other.id)]));
  expect(rules.map(({ id }) => id).filter((id) => !ids.includes(id))).toEqual([]);
  expect(ids.filter((id) => !known.has(id))).toEqual([]);
});

test('a story of ten minutes with a dropped SYN gives the same events 200 times, in no time', async () => {
  const scenario = scenarios.find(({ model }) => model.id === 'direct-443-syn-blackhole');
  if (!scenario) throw new Error('the scenario is gone');
  const first = await runScenario(scenario, options);
  expect(first.labMs).toBe(621_000);
  for (let run = 1; run < 200; run += 1) expect((await runScenario(scenario, options)).events).toEqual(first.events);
}, 30_000);

describe('the same events come again', () => {
  test.each(titled)('%s', async (_title, scenario) => {
    const { events } = await recordOf(scenario);
    expect((await runScenario(scenario, options)).events).toEqual(events);
  });
});

test('a lab that cannot start is broken, not failed', async () => {
  const [scenario] = await scenarioFrom(`
version: 1
id: taken
name: Two proxies want one place
lab:
  proxies:
    one: { listen: '10.20.0.8:8080' }
    two: { listen: '10.20.0.8:8080' }
expect: { diagnosis: none }
`);
  if (!scenario) throw new Error('nothing was loaded');
  const record = await runScenario(scenario, options);
  expect(record.verdict).toBe('broken');
  expect(record.broken?.message).toContain('10.20.0.8:8080');
});
