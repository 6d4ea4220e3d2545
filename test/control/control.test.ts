import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { Live } from '../../src/control/live.ts';
import { openApi } from '../../src/control/openapi.ts';
import { routes } from '../../src/control/routes.ts';
import { startControl } from '../../src/control/server.ts';
import type { ControlOptions } from '../../src/control/server.ts';
import type { TraceEvent } from '../../src/trace/events.ts';
import { curl, startPublished } from '../kit/published.ts';
import type { Published } from '../kit/published.ts';
import { root } from '../kit/scenarios.ts';

const challenge = join(root, 'scenarios', 'auth', 'auth-407-connect.yaml');

/** What answers as JSON hold, of what these tests look at. */
interface Told {
  problems: { message: string }[];
  changed: unknown;
  open: unknown;
  doors: unknown;
  proxies: { kind: string }[];
  log: { entries: unknown };
}

interface Answered {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  json: Told;
}

interface Controlled extends Published {
  live: Live;
  token: string;
  url: string;
  stopped: () => boolean;
  ask(method: string, path: string, options?: { headers?: Record<string, string>; body?: unknown }): Promise<Answered>;
}

async function startControlled(options: Partial<ControlOptions> = {}): Promise<Controlled> {
  const lab = await startPublished(challenge);
  const token = randomBytes(16).toString('base64url');
  let stopped = false;
  const { scenario, publication } = lab;
  const live = new Live({ scenario, lab: lab.lab, publication, version: '1.2.3', stop: () => (stopped = true) });
  const control = await startControl(live, { at: { host: '127.0.0.1', port: 0 }, token, hosts: [], ...options });
  const { port } = control.real;
  return {
    ...lab,
    live,
    token,
    url: `http://127.0.0.1:${port}`,
    stopped: () => stopped,
    ask: (method, path, { headers = { authorization: `Bearer ${token}` }, body } = {}) =>
      new Promise((resolve, reject) => {
        const sent = body === undefined ? {} : { 'content-type': 'application/json' };
        const asked = request(
          { host: '127.0.0.1', port, method, path, headers: { ...sent, ...headers } },
          (response) => {
            let text = '';
            response.on('data', (chunk) => (text += String(chunk)));
            response.on('end', () => {
              const isJson = response.headers['content-type'] === 'application/json';
              const { statusCode: status = 0, headers: got } = response;
              resolve({ status, headers: got, text, json: (isJson ? JSON.parse(text) : {}) as Told });
            });
          },
        );
        asked.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
      }),
    async [Symbol.asyncDispose]() {
      await control[Symbol.asyncDispose]();
      await lab[Symbol.asyncDispose]();
    },
  };
}

const path = 'proxies.edge.behaviour';
const setting = `/v1/settings/${path}`;

test.each([
  ['no token', {}, 401],
  ['a wrong token', { authorization: 'Bearer wrong' }, 401],
  ['a name that somebody pointed here', { host: 'evil.example:7400' }, 421],
  ['a page of another origin', { origin: 'http://evil.example' }, 403],
  ['a page of another port', { origin: 'http://127.0.0.1:1' }, 403],
  ['a page without an origin', { origin: 'null' }, 403],
  ['the token and no more', {}, 200],
  ['an address, whatever its port', { host: '10.77.0.2:1234' }, 200],
  ['another name of the loopback', { host: 'localhost:1234' }, 200],
] as const)('%s is answered as it should be', async (_case, headers, status) => {
  await using lab = await startControlled();
  const known = status === 401 ? {} : { authorization: `Bearer ${lab.token}` };
  const put = await lab.ask('PUT', setting, { headers: { ...known, ...headers }, body: { value: 'deny' } });
  expect(put.status).toBe(status);
  expect(lab.live.get(path).changed).toBe(status === 200);
});

test('a name that was given counts, and no other', async () => {
  await using lab = await startControlled({ hosts: ['paclab.test'] });
  const authorization = `Bearer ${lab.token}`;
  const as = async (host: string) => (await lab.ask('GET', '/v1/status', { headers: { authorization, host } })).status;
  expect([await as('paclab.test:7400'), await as('PACLAB.test'), await as('other.test')]).toEqual([200, 200, 421]);
});

test('what a form of another page can send is no JSON, and changes nothing', async () => {
  await using lab = await startControlled();
  const headers = { authorization: `Bearer ${lab.token}`, 'content-type': 'text/plain' };
  const { status, json } = await lab.ask('PUT', setting, { headers, body: { value: 'deny' } });
  expect([status, json.problems[0]?.message]).toEqual([400, 'the body must be application/json']);
  expect(lab.live.get(path).changed).toBe(false);
});

test('a link brings the token once; a cookie has it from then on', async () => {
  await using lab = await startControlled({
    pages: (at) => (at === '/' ? { type: 'text/html', body: 'page' } : undefined),
  });
  const first = await lab.ask('GET', `/?token=${lab.token}&x=1`, { headers: {} });
  expect(first).toMatchObject({ status: 303, headers: { location: '/?x=1' } });
  const cookie = String(first.headers['set-cookie']);
  expect(cookie).toContain('HttpOnly; SameSite=Strict');
  const page = await lab.ask('GET', '/', { headers: { cookie: cookie.split(';')[0] ?? '' } });
  expect(page).toMatchObject({ status: 200, text: 'page' });
  expect((await lab.ask('GET', '/?token=wrong', { headers: {} })).status).toBe(401);
  expect((await lab.ask('GET', '/', { headers: {} })).status).toBe(401);
  expect((await lab.ask('GET', '/none')).status).toBe(404);
});

test('a change takes effect with the next request, and reset takes everything back', async () => {
  await using lab = await startControlled();
  const proxied = () =>
    curl(
      '-o',
      '/dev/null',
      '-w',
      '%{http_connect}',
      '-x',
      `http://${lab.at('edge')}`,
      '-k',
      'https://tenant.msappproxy.net/',
    );
  expect((await proxied()).out).toBe('407');
  const changed = await lab.ask('PUT', setting, { body: { value: { kind: 'deny' } } });
  expect(changed.json).toMatchObject({ path, value: { kind: 'deny' }, changed: true });
  await lab.ask('PUT', '/v1/settings/dns.records.new.example', { body: { value: { A: '10.20.0.5' } } });
  expect((await lab.ask('GET', '/v1/status')).json.changed).toEqual([
    path,
    'proxies.edge.rules',
    'dns.records.new.example',
  ]);
  expect((await proxied()).out).toBe('403');
  expect((await lab.live.findings()).map(({ id }) => id)).toContain('auth-407-connect');
  await lab.ask('POST', '/v1/reset');
  expect((await lab.ask('GET', '/v1/status')).json.changed).toEqual([]);
  expect(await lab.live.findings()).toEqual([]);
  expect(lab.lab.dns.addressesOf('new.example')).toEqual([]);
  expect((await proxied()).out).toBe('407');
  expect((await lab.ask('GET', '/v1/findings')).json).toMatchObject([{ id: 'auth-407-connect' }]);
});

test.each([
  ['PUT', '/v1/settings/proxies.edg.behaviour', { value: 'deny' }, "this lab has no 'edg'"],
  ['PUT', '/v1/settings/proxies.edge.behavior', { value: 'deny' }, 'names nothing that can change'],
  ['PUT', setting, { value: 'dny' }, 'Invalid'],
  ['PUT', setting, { valu: 'deny' }, 'nonoptional'],
  ['GET', '/v1/settings/hosts.nobody.example.rules', undefined, "this lab has no 'nobody.example'"],
  ['GET', '/v1/events?after=x', undefined, 'after is a number'],
  ['GET', '/v1/capture?format=exe', undefined, 'format is one of'],
  ['GET', '/v1/ca/..%2Fetc', undefined, 'no name of an authority'],
  ['GET', '/v1/settings/%zz', undefined, 'no part of a path'],
])('%s %s with %j is refused with a reason', async (method, at, body, reason) => {
  await using lab = await startControlled();
  const { status, json } = await lab.ask(method, at, { body });
  expect(status).toBe(400);
  expect(json.problems[0]?.message).toContain(reason);
});

test('events come as lines, from a number on, of the types asked for', async () => {
  await using lab = await startControlled();
  await curl('-x', `http://${lab.at('edge')}`, '-k', 'https://tenant.msappproxy.net/');
  await lab.until('proxy.response');
  const lines = async (query: string): Promise<TraceEvent[]> =>
    (await lab.ask('GET', `/v1/events?${query}`)).text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as TraceEvent);
  const all = await lines('');
  expect(all).toEqual(JSON.parse(JSON.stringify(lab.live.events)));
  const proxy = await lines('types=proxy.*');
  expect(proxy.map(({ type }) => type)).toEqual(['proxy.request', 'proxy.challenged', 'proxy.response']);
  expect(await lines(`types=proxy.*&after=${proxy[1]?.seq}`)).toEqual(proxy.slice(2));
});

test('server-sent events go on where a reader was cut off', async () => {
  await using lab = await startControlled();
  const { signal, abort } = stoppable();
  const headers = { authorization: `Bearer ${lab.token}`, accept: 'text/event-stream', 'last-event-id': '1' };
  const response = await fetch(`${lab.url}/v1/events?types=dns.*`, { headers, signal });
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  await lab.resolver().resolve4('tenant.msappproxy.net');
  let text = '';
  while (!text.includes('dns.answer')) text += Buffer.from((await reader.read()).value ?? []).toString();
  expect(text).toMatch(/^id: \d+\ndata: \{"seq":\d+,.*"type":"dns.query".*\n\nid: \d+\ndata: /);
  abort();
});

const stoppable = () => {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
};

test('captures are files for Wireshark, HAR, and events', async () => {
  await using lab = await startControlled();
  await curl('-x', `http://${lab.at('edge')}`, '-k', 'https://tenant.msappproxy.net/');
  await lab.until('proxy.response');
  const pcapng = await lab.ask('GET', '/v1/capture');
  expect(pcapng.headers['content-disposition']).toBe('attachment; filename="auth-407-connect.pcapng"');
  expect(pcapng.text.charCodeAt(0)).toBe(0x0a);
  expect((await lab.ask('GET', '/v1/capture?format=har')).json.log.entries).toHaveLength(1);
  expect((await lab.ask('GET', '/v1/capture?format=ndjson')).text.split('\n')[0]).toContain('"lab.started"');
});

test('the lab can be ended from outside, and tells its health, its authorities and its behaviours', async () => {
  await using lab = await startControlled();
  const health = await lab.ask('GET', '/v1/health');
  expect(health.json.open).toBe(true);
  expect(health.json.doors).toHaveLength(lab.publication.doors.length);
  expect((await lab.ask('GET', '/v1/ca/public-ca')).text).toBe((await lab.lab.pki.authority('public-ca')).pem);
  const { json: kinds } = await lab.ask('GET', '/v1/behaviours');
  expect(kinds.proxies.map(({ kind }) => kind)).toContain('challenge');
  expect((await lab.ask('GET', '/v1/down')).status).toBe(405);
  expect(lab.stopped()).toBe(false);
  expect((await lab.ask('POST', '/v1/down')).status).toBe(202);
  expect(lab.stopped()).toBe(true);
});

test('the document that is shipped is that of the routes, and the server gives it', async () => {
  const shipped = JSON.parse(readFileSync(join(root, 'docs', 'openapi.json'), 'utf8')) as { paths: object };
  expect(shipped).toEqual(JSON.parse(JSON.stringify(openApi())));
  const told = Object.entries(shipped.paths).flatMap(([at, methods]) =>
    Object.keys(methods as object).map((method) => `${method.toUpperCase()} ${at}`),
  );
  expect(told.toSorted()).toEqual(routes.map((route) => `${route.method} ${route.path}`).toSorted());
  await using lab = await startControlled();
  expect((await lab.ask('GET', '/v1/openapi.json')).json).toEqual(shipped);
});

test('every answer of the document has the shape that it says', async () => {
  await using lab = await startControlled();
  await curl('-x', `http://${lab.at('edge')}`, '-k', 'https://tenant.msappproxy.net/');
  await lab.until('proxy.response');
  for (const { method, path: at, answer } of routes) {
    if (method !== 'GET' || !answer.schema || at === '/v1/events') continue;
    const { json } = await lab.ask('GET', at.replace('{path}', path));
    expect(answer.schema.safeParse(json), at).toMatchObject({ success: true });
  }
});
