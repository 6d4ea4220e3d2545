/** Each diagnosis of the article's states ends in something to type: a fix in the article's own terms, a filter for both tools. */
import { describe, expect, test } from 'vitest';

import { toPcapng } from '../../src/capture/pcapng.ts';
import { rules } from '../../src/diagnosis/rules.ts';
import { filtersOf } from '../kit/confirmations.ts';
import { shippedScenarios } from '../kit/scenarios.ts';
import { askWireshark, tsharkIsHere } from '../kit/wireshark.ts';

const scenarios = await shippedScenarios();
/** What is wrong in a capture (`diag-*`) has nothing to repair in a network. */
const states = new Set(
  scenarios
    .filter(({ model: { tags } }) => tags.includes('seed') && !tags.includes('baseline') && !tags.includes('story'))
    .map(({ model }) => model.id)
    .filter((id) => !id.startsWith('diag-')),
);

/** Its own rule, or the rules that name it as what leaves the same evidence. */
const diagnosesOf = (id: string) => {
  const own = rules.filter((rule) => rule.id === id);
  return own.length > 0 ? own : rules.filter(({ alternatives }) => alternatives.some((other) => other.id === id));
};

/** A file, an element, a registry value, a command, or a host with its port. */
const terms = [
  /Service\.exe\.config/,
  /machine\.config/,
  /\.exe\.config/,
  /proxyaddress="http:\/\//,
  /UseDefaultProxyForBackendRequests/,
  /ProxySettingsPerUser|gpupdate/,
  /netsh winhttp/,
  /(\*\.msappproxy\.net|\*\.servicebus\.windows\.net|digicert\.com|windowsupdate\.com|login\.windows\.net)/,
  /\b(443|80|5671)\b.*\b(firewall|proxy|CONNECT)\b|\b(firewall|proxy|CONNECT)\b.*\b(443|80|5671)\b/,
];

/** Fields of Wireshark's display filters. */
const wireshark = /`[^`]*\b(tcp|http|dns|tls|ip)\.[a-z_.]+ ?(==|>=|!=|contains|&&|\|\|)[^`]*`/;

describe('a state of the article', () => {
  test('is one of many', () => {
    expect(states.size).toBeGreaterThan(50);
  });

  test.each([...states])(
    '%s has a fix in the article’s terms and a filter for Wireshark and Message Analyzer',
    (id) => {
      const diagnoses = diagnosesOf(id);
      expect(diagnoses).not.toEqual([]);
      for (const { fix, confirm } of diagnoses) {
        expect(
          terms.some((term) => term.test(fix)),
          fix,
        ).toBe(true);
        expect(confirm).toMatch(wireshark);
        expect(confirm).toMatch(/Message\s+Analyzer/);
      }
    },
  );
});

test.skipIf(!tsharkIsHere)('Wireshark understands every filter that a diagnosis names', () => {
  const filters = new Set(rules.flatMap(({ confirm }) => filtersOf(confirm)));
  expect(filters.size).toBeGreaterThan(100);
  const empty = toPcapng({ title: 'nothing', events: [], findings: [] });
  const shown = askWireshark(empty, [...filters].map((filter) => `(${filter})`).join(' || '), ['frame.number']);
  expect(shown).toEqual([]);
});
