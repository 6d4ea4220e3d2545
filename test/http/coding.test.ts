import { gzipSync } from 'node:zlib';

import { expect, test } from 'vitest';

import { accepts, decoded } from '../../src/http/index.ts';
import type { Answer } from '../../src/http/index.ts';
import { runScenario } from '../../src/run/run.ts';
import { scenarioFrom } from '../kit/scenarios.ts';

const script = 'function FindProxyForURL(url, host) { return "DIRECT"; }';
const answer = (coding: string, body: Buffer, complete = true): Answer => ({
  version: '1.1',
  status: 200,
  reason: 'OK',
  headers: [['Content-Encoding', coding]],
  body,
  complete,
});

test('a coding is accepted when the list names it, with or without a weight', () => {
  expect(accepts([['Accept-Encoding', 'br, GZIP;q=0.5']], 'gzip')).toBe(true);
  expect(accepts([['Accept-Encoding', 'br']], 'gzip')).toBe(false);
  expect(accepts([], 'gzip')).toBe(false);
});

test('what cannot be decoded stays as it came', () => {
  const bytes = gzipSync(script);
  expect(decoded(answer('gzip', bytes)).body.toString()).toBe(script);
  expect(decoded(answer('gzip', Buffer.from(script))).body.toString()).toBe(script);
  expect(decoded(answer('gzip', bytes, false)).body).toBe(bytes);
  expect(decoded(answer('br', bytes)).body).toBe(bytes);
});

test.each(['chromium', 'firefox'])('%s uses a compressed script', async (profile) => {
  const [scenario] = await scenarioFrom(`
version: 1
id: compressed
name: The script comes compressed
lab:
  dns: { suffix: corp.example, records: { wpad.corp.example: { A: 10.20.0.5 }, app.corp.example: { A: 10.20.0.6 } } }
  hosts:
    wpad.corp.example: { http: { /wpad.dat: { gzip: true, pacText: '${script}' } } }
    app.corp.example: { http: { /: { body: hello } } }
clients: { browser: { profile: ${profile} } }
steps: [{ fetch: { url: 'http://app.corp.example/', client: browser }, expect: { status: 200 } }]
expect:
  events:
    order:
      - http.response: { headers: { content-encoding: gzip } }
      - pac.fetched: { accepted: true, bytes: ${script.length} }
      - pac.answered: { answer: DIRECT }
`);
  if (!scenario) throw new Error('nothing was loaded');
  const { verdict, expectations } = await runScenario(scenario, { clock: 'virtual', bytes: false, timeout: 20_000 });
  expect({ verdict, missed: expectations.filter(({ passed }) => !passed) }).toEqual({ verdict: 'passed', missed: [] });
});
