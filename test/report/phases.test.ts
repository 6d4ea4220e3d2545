import { expect, test } from 'vitest';

import { phasesOf, sayPhase } from '../../src/report/phases.ts';
import { runStory } from '../../src/report/story.ts';
import { runScenario } from '../../src/run/run.ts';
import { story } from '../kit/events.ts';
import { scenarioFrom } from '../kit/scenarios.ts';

interface Told {
  phase: string;
  basis: 'documented' | 'source' | 'inferred';
  ok: boolean;
  says: string;
}

const eventsOf = (...phases: Told[]) => {
  const told = story();
  for (const { phase, basis, ok, says } of phases)
    told
      .write('client.phase', { client: 'service', phase, basis, says: `begins ${phase}` })
      .write('client.phase-finished', { client: 'service', phase, ok, says });
  return told.events;
};

const done: Told = { phase: 'refresh', basis: 'documented', ok: true, says: 'done' };

test('each phase says what it rests on', () => {
  const lines = phasesOf(eventsOf(done, { phase: 'renewal', basis: 'inferred', ok: false, says: 'refused' }));
  expect(lines.map(sayPhase)).toEqual([
    'refresh of service (documented): done',
    'renewal of service (inferred): refused',
  ]);
});

test('a phase that goes the same way again is counted, another way is told', () => {
  const lines = phasesOf(eventsOf(done, done, { ...done, ok: false, says: 'refused' }, done));
  expect(lines.map(sayPhase)).toEqual([
    'refresh of service (documented): done; 2 times',
    'refresh of service (documented): refused',
    'refresh of service (documented): done',
  ]);
});

test('a run that is looked at tells the phases of its programs, and a run without programs none', async () => {
  const [scenario] = await scenarioFrom(`
version: 1
id: phases
name: phases
lab: { extends: entra }
clients:
  service: { profile: dotnet-framework, program: { kind: connector, ports: [9352] }, certificates: [connector] }
steps: [{ start: service }]
expect: { diagnosis: none }
`);
  if (!scenario) throw new Error('no scenario');
  const screen = { colour: false, interactive: false, columns: 100 };
  const record = await runScenario(scenario, { clock: 'virtual', bytes: false, timeout: 20_000 });
  expect(runStory(record, screen)).toContain('phases    ✓ bootstrap of service (documented): configuration downloaded');
  expect(runStory({ ...record, events: [] }, screen)).not.toContain('phases  ');
});
