/** `paclab diagnose` as a user meets it. */
import { expect, test } from 'vitest';

import { paclab } from '../kit/tools.ts';

const squid =
  '1772438400.123     12 10.20.0.10 TCP_DENIED/407 3980 CONNECT tenant.msappproxy.net:443 - HIER_NONE/- text/html\n';
const files = { 'access.log': squid, 'empty.pcap': '', 'other.bin': 'GIF89a' };

test('the two questions come first, then findings with the places in the file', async () => {
  const { code, out } = await paclab('diagnose access.log', { files });
  expect(code).toBe(0);
  expect(out.split('\n').slice(0, 8)).toEqual([
    'access.log: squid, 1 lines',
    '',
    'Does the traffic bypass the proxy?',
    '    No: nobody dials port 443 without a proxy.',
    '',
    'Does it use the proxy?',
    '    Yes: CONNECT to access.log answered with 407 ×1. (line 1)',
    '',
  ]);
  expect(out).toContain('● auth-407-connect');
});

test('--json holds the findings and the events they rest on', async () => {
  const { out } = await paclab('diagnose access.log --json', { files });
  const told = JSON.parse(out) as {
    findings: { id: string; evidence: number[] }[];
    events: { seq: number; line: number }[];
  };
  expect(told.findings.map(({ id }) => id)).toEqual(['auth-407-connect']);
  expect(told.events.map(({ seq }) => seq)).toEqual(expect.arrayContaining(told.findings[0]?.evidence ?? []));
  expect(told.events.every(({ line }) => line === 1)).toBe(true);
});

test('--sarif names the file', async () => {
  const { out } = await paclab('diagnose access.log --sarif', { files });
  expect(JSON.parse(out)).toMatchObject({
    version: '2.1.0',
    runs: [
      {
        results: [
          {
            ruleId: 'auth-407-connect',
            level: 'error',
            locations: [{ physicalLocation: { artifactLocation: { uri: 'access.log' } } }],
          },
        ],
      },
    ],
  });
});

test('--why-not says what is there and what is missing; an id that is none has a suggestion', async () => {
  const { out } = await paclab('diagnose access.log --why-not proxy-refused', { files });
  expect(out).toBe('proxy-refused was not found.\n  ✗ there is not an attempt whose proxy refused the connection\n');
  const there = await paclab('diagnose access.log --why-not auth-407-connect', { files });
  expect(there.out).toMatch(/^auth-407-connect was found\.\n {2}✓ there is .*\(line 1\)/s);
  const { code, err } = await paclab('diagnose access.log --why-not auth-407-conect', { files });
  expect([code, err]).toEqual([2, expect.stringContaining("did you mean 'auth-407-connect'")]);
});

test('--exit-code ends with 1 when there is a finding', async () => {
  expect((await paclab('diagnose access.log --exit-code', { files })).code).toBe(1);
});

test.each([
  ['empty.pcap', "'empty.pcap' is empty"],
  ['other.bin', "'other.bin' is no file that is read here"],
  ['missing.pcap', "'missing.pcap' does not exist"],
])('%s ends with 2, a message and nothing else', async (file, message) => {
  const { code, out, err } = await paclab(`diagnose ${file}`, { files });
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(message);
});

test('--proxy wants host and port', async () => {
  const { code, err } = await paclab('diagnose access.log --proxy proxy.corp.example', { files });
  expect([code, err]).toEqual([2, expect.stringContaining("--proxy takes host:port, got 'proxy.corp.example'")]);
});
