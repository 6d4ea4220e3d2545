/** Every shipped scenario as a capture, with the tap on: run once, looked at from all sides. */
import { expect, test } from 'vitest';

import { toHar } from '../../src/capture/har.ts';
import { runScenario } from '../../src/run/run.ts';
import type { TraceEvent } from '../../src/trace/events.ts';
import { shippedScenarios, titleOf } from '../kit/scenarios.ts';
import { complaint, retransmittedSyn, sectionOf, shownIn, tsharkIsHere } from '../kit/wireshark.ts';

interface Run {
  id: string;
  title: string;
  events: readonly TraceEvent[];
}

const runs: Run[] = [];
for (const scenario of await shippedScenarios()) {
  const { events } = await runScenario(scenario, { clock: 'virtual', bytes: true, timeout: 20_000 });
  runs.push({ id: scenario.model.id, title: titleOf(scenario), events });
}

/**
 * Scenarios that are about broken packets, and what Wireshark should say of them then. Nothing else may be malformed.
 */
const brokenOnPurpose = new Set([
  'proxy-connect-204', // Wireshark knows a tunnel by its 200, and reads the TLS in this one as HTTP.
]);

test.skipIf(!tsharkIsHere)(
  'Wireshark complains of nothing, and finds just the retransmissions that were meant',
  () => {
    const sections = runs
      .filter(({ id }) => !brokenOnPurpose.has(id))
      .map(({ title, events }, index) => sectionOf(title, events, index));
    expect(shownIn(sections, complaint, 'frame.number', '_ws.col.Info')).toEqual([]);
    const meant = sections.flatMap(({ title, repeatedSyns }) => Array.from({ length: repeatedSyns }, () => title));
    expect(meant).not.toEqual([]);
    expect(shownIn(sections, retransmittedSyn)).toEqual(meant);
  },
  60_000,
);

test('the parts of the time of a HAR entry make up the whole', () => {
  for (const { title, events } of runs) {
    for (const { time, timings, _events, request } of toHar({ title, events }).log.entries) {
      const [first, last] = _events.map((seq) => events[seq - 1]?.at ?? NaN) as [number, number];
      const { ssl: _contained, ...parts } = timings;
      const sum = Object.values(parts).reduce((total, ms) => total + Math.max(0, ms), 0);
      expect([time, sum], `${title} ${request.url}`).toEqual([last - first, last - first]);
      expect(Math.min(timings.send, timings.wait, timings.receive)).toBeGreaterThanOrEqual(0);
      expect(URL.canParse(request.url)).toBe(true);
    }
  }
});

test('every TLS connection of a run has its keys in the trace', () => {
  const spoken = runs.flatMap(({ events }) => events.filter(({ type }) => type === 'tls.established'));
  expect(spoken).not.toEqual([]);
  for (const { title, events } of runs) {
    const keyed = new Set(events.flatMap((event) => (event.type === 'tls.keys' ? [event.data.conn] : [])));
    const secured = events.flatMap((event) => (event.type === 'tls.established' ? [event.data.conn] : []));
    // In a tunnel both ends have a connection of their own; the keys are those of the end that dialled.
    const tunnels = new Map(
      events.flatMap((event) =>
        event.type === 'proxy.tunnel' ? [[event.data.upstream, event.data.conn] as const] : [],
      ),
    );
    const unkeyed = secured.filter((conn) => !keyed.has(conn) && !keyed.has(tunnels.get(conn) ?? -1));
    expect(unkeyed, title).toEqual([]);
  }
});
