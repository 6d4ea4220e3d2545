/** What somebody is told to type shows something: in the capture of the state that the diagnosis is about. */
import { describe, expect, test } from 'vitest';

import { toPcapng } from '../../src/capture/pcapng.ts';
import { rules } from '../../src/diagnosis/rules.ts';
import { runScenario } from '../../src/run/run.ts';
import { filtersOf } from '../kit/confirmations.ts';
import { shippedScenarios, titleOf } from '../kit/scenarios.ts';
import { askWireshark, tsharkIsHere } from '../kit/wireshark.ts';

/** What somebody at the customer's would put in. */
const places: Record<string, string> = {
  '<address of the application>': '10.20.5.1',
  '<connector>': '10.20.0.10',
  '<application>': 'app.corp.example',
};

const filled = (text: string): string =>
  Object.entries(places).reduce((filter, [place, value]) => filter.replaceAll(place, value), text);

/** Where no packet ever leaves, the filter shows that. */
const nothing = /capture[^.]* shows (nothing|no connection)/;

/** Beside those of the article: states whose filters showed nothing once. */
const others = new Set([
  'env-clock-skew',
  'pac-wrong-mime',
  'proxy-plain-to-tls-port',
  'proxy-tls-to-plain-port',
  'tls-proxy-cert-invalid',
]);

const scenarios = (await shippedScenarios()).filter(
  ({ model: { id, tags } }) =>
    (tags.includes('seed') || others.has(id)) &&
    !tags.includes('baseline') &&
    !tags.includes('story') &&
    !id.startsWith('diag-'),
);

describe.skipIf(!tsharkIsHere)('of a state of the article', () => {
  test('there are many', () => {
    expect(scenarios.length).toBeGreaterThan(100);
  });

  test.each(scenarios.map((scenario) => [titleOf(scenario), scenario] as const))(
    'the filters of the diagnosis show packets: %s',
    async (title, scenario) => {
      const { events, findings } = await runScenario(scenario, { clock: 'virtual', bytes: true, timeout: 20_000 });
      const file = toPcapng({ title, events });
      expect(findings).not.toEqual([]);
      for (const { id } of findings) {
        const confirm = filled(rules.find((rule) => rule.id === id)?.confirm ?? '');
        const any = filtersOf(confirm).map((filter) => `(${filter})`);
        expect(any, confirm).not.toEqual([]);
        const shown = askWireshark(file, any.join(' || '), ['frame.number']);
        expect([id, confirm, shown.length > 0]).toEqual([id, confirm, !nothing.test(confirm)]);
      }
    },
    60_000,
  );
});
