/** Lines that a script ran for requests of long ago. */
import { expect, test } from 'vitest';

import { explain, loadPac, profileNames, retrace } from '../../src/pac/index.ts';
import type { ProfileName, ResolveOptions } from '../../src/pac/index.ts';

const source = `var seen = 0;
function inside(host) {
  if (isInNet(host, "10.0.0.0",
      "255.0.0.0")) return true;
  return false;
}
function FindProxyForURL(url, host) {
  seen++;
  if (isPlainHostName(host)) return "DIRECT";
  if (host == "never.test" ||
      inside(host)) {
    return "PROXY near:1" +
      "; DIRECT";
  }
  for (var i = 0; i < 2; i++) alert(i);
  if (seen > 2)
    return "PROXY third:1";
  return dnsResolve(host) ? "PROXY far:1" : "DIRECT";
}
`;

const now = Date.parse('2026-03-02T08:00:00Z');

async function recordedOf(script: string, urls: readonly string[], options: ResolveOptions) {
  using pac = await loadPac(script);
  const recorded = [];
  for (const url of urls) {
    const { script: handed, calls, raw, error } = await pac.resolve(url, { ...options, now, trace: true });
    const { host = '' } = handed ?? {};
    recorded.push({ url: handed?.url ?? url, host, calls, answer: raw, failed: error !== null });
  }
  return recorded;
}

const dns = { 'near.test': ['10.1.2.3'], 'far.test': ['192.0.2.7'] };
const urls = ['http://near.test/', 'http://far.test/', 'http://near.test/', 'http://other.test/'];

test.each(profileNames.filter((name): name is ProfileName => name !== 'chromium'))(
  'by the record of %s, without asking anybody',
  async (profile) => {
    const recorded = await recordedOf(source, urls, { profile, dns });
    const found = await retrace(source, recorded, { profile });
    expect(found.map((each) => each?.lines)).toEqual([
      [3, 4, 8, 9, 10, 11, 12, 13],
      [3, 4, 5, 8, 9, 10, 11, 15, 16, 18],
      [3, 4, 8, 9, 10, 11, 12, 13],
      [3, 4, 5, 8, 9, 10, 11, 15, 16, 17],
    ]);
    expect(found.map((each) => each?.decided?.line)).toEqual([12, 18, 12, 17]);
  },
);

test('a run that Chromium began again leaves the lines of its last one', async () => {
  const script = source.replace('seen > 2', 'false');
  const recorded = await recordedOf(script, urls.slice(0, 2), { profile: 'chromium', dns });
  const found = await retrace(script, recorded, { profile: 'chromium' });
  expect(found.map((each) => each?.decided)).toEqual([
    { line: 12, column: 5 },
    { line: 18, column: 3 },
  ]);
});

test('a script that threw has the lines up to there, and none that decided', async () => {
  const script =
    'function FindProxyForURL(url, host) {\n  var a = 1;\n  if (a) nothing.there();\n  return "DIRECT";\n}';
  const recorded = await recordedOf(script, ['http://a.test/'], { profile: 'firefox' });
  expect(await retrace(script, recorded, { profile: 'firefox' })).toEqual([{ lines: [2, 3], decided: null }]);
});

test('what does not come out again is not told', async () => {
  const [one] = await recordedOf(source, urls, { profile: 'firefox', dns });
  if (!one) throw new Error('nothing was recorded');
  const told = async (script: string, change: object) =>
    (await retrace(script, [{ ...one, ...change }], { profile: 'firefox' }))[0];
  expect(await told(source, {})).not.toBeNull();
  expect(await told(source, { answer: 'DIRECT' })).toBeNull();
  expect(await told(source, { calls: one.calls.slice(1) })).toBeNull();
  expect(await told(source, { calls: [...one.calls, { fn: 'dnsResolve', result: null }] })).toBeNull();
  expect(await told(source, { failed: true })).toBeNull();
  expect(await told(source.replace('seen++', 'Math.random()'), {})).toBeNull();
  expect(await told('no script', {})).toBeNull();
  const timed = source.replace('seen++', 'new Date()');
  expect(await told(timed, {})).toBeNull();
  expect((await retrace(timed, [one], { profile: 'firefox', now }))[0]).not.toBeNull();
});

test('the function for addresses of both versions is the one that is asked where a client prefers it', async () => {
  const script =
    'function FindProxyForURL(url, host) {\n  return "PROXY old:1";\n}\nfunction FindProxyForURLEx(url, host) {\n  if (host == "b.test")\n    return FindProxyForURL(url, host);\n  return "PROXY new:1";\n}';
  const recorded = await recordedOf(script, ['http://a.test/', 'http://b.test/'], { profile: 'winhttp' });
  expect(await retrace(script, recorded, { profile: 'winhttp' })).toMatchObject([
    { lines: [5, 7], decided: { line: 7 } },
    { lines: [2, 5, 6], decided: { line: 2 } },
  ]);
  expect((await explain(script, 'http://b.test/', { profile: 'winhttp' })).decidedBy?.line).toBe(2);
});
