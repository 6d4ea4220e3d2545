import { expect, test } from 'vitest';

import { behaviours, hostRules } from '../../src/http/index.ts';
import { kindOf } from '../../src/registry.ts';
import { ask, dataOf, said, startTestHosts, typesOf } from './kit.ts';
import type { Asking } from './kit.ts';

const address = '203.0.113.10';
const script = 'function FindProxyForURL(url, host) { return "DIRECT"; }';

/** The first request meets the behaviour, the second its healthy twin. */
async function faultAndTwin(then: unknown, asking: Asking = {}) {
  const lab = await startTestHosts({
    'pac.example': { address, http: { '/p.pac': { pacText: script } }, rules: [{ when: { nth: 1 }, then }] },
  });
  await using _lab = lab;
  const fault = await ask(lab, 'http://pac.example/p.pac', asking);
  const after = lab.world.clock.now();
  const twin = await ask(lab, 'http://pac.example/p.pac');
  expect(said(twin)).toEqual({ status: 200, text: script, complete: true });
  expect(lab.world.clock.now()).toBe(after);
  expect(dataOf(lab, 'http.request')).toHaveLength(2);
  const behaved = dataOf(lab, 'lab.behaviour');
  expect(behaved).toHaveLength(1);
  expect(behaved[0]).toMatchObject({ part: 'host:pac.example' });
  return { fault, after, says: behaved[0]?.says, answered: dataOf(lab, 'http.response'), types: typesOf(lab) };
}

const headersOf = ({ fault }: Awaited<ReturnType<typeof faultAndTwin>>): Record<string, string> =>
  Object.fromEntries(fault.ok ? fault.value.headers : []);

test('status: answers with a status of its own', async () => {
  const then = { kind: 'status', status: 401, headers: { 'WWW-Authenticate': 'Negotiate' }, body: 'no' };
  const result = await faultAndTwin(then);
  expect(said(result.fault)).toEqual({ status: 401, text: 'no', complete: true });
  expect(headersOf(result)).toMatchObject({ 'WWW-Authenticate': 'Negotiate' });
  expect([result.fault.ok && result.fault.value.reason, result.says]).toEqual(['Unauthorized', 'answers 401']);
});

test('status: 204 has neither body nor length', async () => {
  const result = await faultAndTwin({ kind: 'status', status: 204 });
  expect(said(result.fault)).toEqual({ status: 204, text: '', complete: true });
  expect(headersOf(result)).not.toHaveProperty('Content-Length');
});

test('redirect: names another place', async () => {
  const result = await faultAndTwin({ kind: 'redirect', to: 'https://pac.example/p.pac', status: 301 });
  expect([said(result.fault).status, headersOf(result)['Location']]).toEqual([301, 'https://pac.example/p.pac']);
});

test('slow: answers rightly, but late', async () => {
  const { fault, after } = await faultAndTwin({ kind: 'slow', by: '20s' });
  expect([said(fault).text, after]).toEqual([script, 20_000]);
});

test('drip: the body takes its time on the clock of the lab', async () => {
  const { fault, after, answered } = await faultAndTwin('drip', { timeout: 600_000 });
  expect([said(fault).text, after]).toEqual([script, script.length * 1000]);
  expect(answered[0]?.length).toBe(script.length);
  const faster = await faultAndTwin({ kind: 'drip', bytesPerSecond: 28 });
  expect([said(faster.fault).text, faster.after]).toEqual([script, 2000]);
});

test('drip: the server learns with the next drop that the client has given up', async () => {
  await using lab = await startTestHosts({
    'a.example': { address, http: { '/': { body: script } }, behaviour: 'drip' },
  });
  expect(await ask(lab, 'http://a.example/', { timeout: 10_000 })).toMatchObject({ failure: { code: 'http.timeout' } });
  expect(lab.world.clock.now()).toBe(10_000);
  await lab.world.clock.sleep(600_000);
  expect(lab.world.clock.now()).toBe(610_000);
  expect(lab.world.trace.events.at(-1)).toMatchObject({ type: 'tcp.fin', by: 'host:a.example', at: 11_000 });
});

test('cut-short: FIN comes before the promised end', async () => {
  const result = await faultAndTwin('cut-short');
  expect(said(result.fault)).toEqual({ status: 200, text: script.slice(0, script.length / 2), complete: false });
  expect(headersOf(result)).toMatchObject({ 'Content-Length': String(script.length), Connection: 'close' });
  expect(result.answered[0]?.length).toBe(script.length / 2);
  const nothing = await faultAndTwin({ kind: 'cut-short', bytes: 0 });
  expect(said(nothing.fault)).toMatchObject({ text: '', complete: false });
});

test('wrong-type: the right body under another name', async () => {
  const result = await faultAndTwin('wrong-type');
  expect([said(result.fault).text, headersOf(result)['Content-Type']]).toEqual([script, 'text/plain']);
});

test('login-page: 200 with a page', async () => {
  const result = await faultAndTwin({ kind: 'login-page', title: 'FindProxyForURL is blocked' });
  expect(said(result.fault)).toMatchObject({ status: 200, text: expect.stringMatching(/^<!DOCTYPE html>/) as string });
  expect(said(result.fault).text).toContain('FindProxyForURL is blocked');
  expect(headersOf(result)['Content-Type']).toMatch(/^text\/html/);
});

test('too-big: one byte more than a megabyte', async () => {
  const { fault } = await faultAndTwin('too-big');
  expect(fault.ok && [fault.value.body.length, fault.value.body.toString().trim()]).toEqual([1_048_577, script]);
});

test.each([
  ['close', 'tcp.closed', 'tcp.fin'],
  ['reset', 'tcp.reset', 'tcp.rst'],
  ['hang', 'http.timeout', 'tcp.fin'],
  ['garbage', 'http.malformed', 'tcp.fin'],
])('%s: the client sees %s', async (kind, code, last) => {
  const { fault, answered, types, after } = await faultAndTwin(kind, { timeout: 30_000 });
  expect(fault).toMatchObject({ ok: false, failure: { code } });
  expect(answered).toHaveLength(1);
  expect(types[types.indexOf('lab.behaviour') + 1]).toBe(last);
  expect(after).toBe(kind === 'hang' ? 30_000 : 0);
});

test('every behaviour works over TLS too', async () => {
  for (const entry of behaviours) {
    const kind = kindOf(entry);
    const needs = { status: { status: 503 }, redirect: { to: '/' }, slow: { by: '1s' } }[kind] ?? {};
    await using lab = await startTestHosts({
      'app.example': {
        address,
        https: { paths: { '/': { body: 'hello' } } },
        rules: [{ when: { nth: 1 }, then: { kind, ...needs } }],
      },
    });
    const fault = await ask(lab, 'https://app.example/');
    const twin = said(await ask(lab, 'https://app.example/'));
    expect(twin, kind).toEqual({ status: 200, text: 'hello', complete: true });
    const failures: Record<string, string> = {
      close: 'tcp.closed',
      reset: 'tcp.reset',
      hang: 'http.timeout',
      garbage: 'http.malformed',
    };
    expect(fault.ok ? undefined : fault.failure.code, kind).toBe(failures[kind]);
  }
});

test('rules see path, method, host, client and user agent', async () => {
  const rule = (when: object, status: number) => ({ when, then: { kind: 'status', status } });
  await using lab = await startTestHosts({
    'app.example': {
      address,
      http: { '/': {} },
      rules: [
        rule({ path: '/private/*' }, 401),
        rule({ method: 'POST' }, 405),
        rule({ host: 'alias.*' }, 421),
        rule({ 'user-agent': 'Mozilla*' }, 426),
        rule({ client: 'service', path: '/mine' }, 409),
        rule({ 'user-agent': null, path: '/bare' }, 400),
      ],
    },
  });
  const status = async (path: string, asking: Asking = {}, name = 'app.example') =>
    said(await ask(lab, `http://${name}${path}`, asking)).status;
  const agent = (text: string): Asking => ({ headers: [['User-Agent', text]] });
  expect([await status('/private/x?y'), await status('/?/private/x')]).toEqual([401, 200]);
  expect([await status('/', { method: 'POST' }), await status('/')]).toEqual([405, 200]);
  expect(await status('/', {}, 'alias.example')).toBe(421);
  expect([await status('/', agent('Mozilla/5.0')), await status('/', agent('curl/8'))]).toEqual([426, 200]);
  expect(await status('/mine')).toBe(409);
  expect([await status('/bare'), await status('/bare', agent('curl'))]).toEqual([400, 404]);
});

test('behaviour stands behind the rules, and rules can change while the lab runs', async () => {
  await using lab = await startTestHosts({
    'app.example': {
      address,
      http: { '/': {} },
      behaviour: { kind: 'status', status: 503 },
      rules: [{ when: { nth: 1 }, then: { kind: 'status', status: 500 } }],
    },
  });
  const status = async () => said(await ask(lab, 'http://app.example/')).status;
  expect([await status(), await status()]).toEqual([500, 503]);
  lab.hosts.change('app.example', hostRules.parse([{ when: { first: 1 }, then: { kind: 'status', status: 502 } }]));
  expect([await status(), await status()]).toEqual([502, 503]);
});

test('other-content: the head of the resource with another body', async () => {
  const result = await faultAndTwin({ kind: 'other-content', body: 'an old copy' });
  expect(said(result.fault)).toEqual({ status: 200, text: 'an old copy', complete: true });
  expect(headersOf(result)).toMatchObject({ 'Content-Type': 'application/x-ns-proxy-autoconfig' });
});
