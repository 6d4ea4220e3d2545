import { expect, test } from 'vitest';

import type { TraceEvent } from '../../src/trace/events.ts';
import { runScenario } from '../../src/run/run.ts';
import { scenarioFrom } from '../kit/scenarios.ts';

const url = 'https://tenant.servicebus.windows.net/';

/** A client that requests the same URL twice by the proxy. */
async function twice(first: string, second: string, behaviour = 'allow'): Promise<readonly TraceEvent[]> {
  const [scenario] = await scenarioFrom(`
version: 1
id: kept
name: Two requests
lab: { extends: office, proxies: { edge: { behaviour: ${behaviour} } } }
clients:
  service:
    profile: dotnet-framework
    settings: { defaultProxy: { proxy: { proxyaddress: 'http://proxy.corp.example:8080' } } }
    certificates: [connector]
steps:
  - fetch: { url: '${url}', client: service${first} }
  - advance: 10m
  - fetch: { url: '${url}', client: service${second} }
expect: { events: { order: [client.finished] } }
`);
  if (!scenario) throw new Error('nothing was loaded');
  return (await runScenario(scenario, { clock: 'virtual', bytes: false, timeout: 20_000 })).events;
}

const count = (events: readonly TraceEvent[], type: string): number =>
  events.filter((event) => event.type === type).length;

test('a connection that a step leaves open serves the next request that asks for one', async () => {
  const events = await twice(', keep: true', ', keep: true');
  expect([count(events, 'proxy.tunnel'), count(events, 'origin.request')]).toEqual([1, 2]);
});

test('a request that does not ask for it gets a connection of its own', async () => {
  const events = await twice(', keep: true', '');
  expect([count(events, 'proxy.tunnel'), count(events, 'origin.request')]).toEqual([2, 2]);
});

test('a kept connection whose end was heard is not used again', async () => {
  const events = await twice(', keep: true', ', keep: true', '{ kind: idle-timeout, after: 60s }');
  expect([count(events, 'proxy.tunnel'), count(events, 'origin.request')]).toEqual([2, 2]);
});
