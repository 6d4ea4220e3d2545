/** curl and Node, the programs and their models, before a proxy in the same state: the same words, or the same answer. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get as httpGet } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { expect, test } from 'vitest';

import { loadSource } from '../../src/library/load.ts';
import { runScenario } from '../../src/run/run.ts';
import { pick } from '../../src/trace/view.ts';
import { curl, startPublished } from '../kit/published.ts';
import type { Published } from '../kit/published.ts';

const inspect = { kind: 'inspect', ca: 'public-ca' };
const reply = { kind: 'connect-reply' };
/** What a proxy does, by `change`. */
const states: Record<string, Record<string, unknown>> = {
  'a refusal': { kind: 'deny' },
  '502': { kind: 'respond', status: 502 },
  '302': { kind: 'respond', status: 302, headers: { Location: 'http://x/' } },
  '401': { kind: 'respond', status: 401, headers: { 'WWW-Authenticate': 'Basic realm="x"' } },
  'a bare 407': { kind: 'challenge', schemes: [] },
  'a 407 with Basic': { kind: 'challenge', schemes: ['basic'] },
  'a 407 with Negotiate and NTLM': { kind: 'challenge', schemes: ['negotiate', 'ntlm'] },
  RST: { kind: 'reset' },
  FIN: { kind: 'close' },
  'no HTTP': { kind: 'garbage' },
  'no status': { ...reply, line: 'HTTP/1.1 OK' },
  'HTTP/1.0': { ...reply, version: '1.0' },
  'a length in the 200': { ...reply, headers: { 'Content-Length': '5' } },
  'a head of 90 KB': { ...reply, padding: 90_000 },
  'FIN in the middle': { kind: 'truncate', after: 100 },
  'an unknown authority': { kind: 'inspect' },
  'a certificate of yesterday': { ...inspect, leaf: 'expired' },
  'a certificate of tomorrow': { ...inspect, leaf: 'not-yet-valid' },
  'a certificate for another name': { ...inspect, leaf: 'wrong-name' },
  'a certificate with its name in the subject alone': { ...inspect, leaf: 'no-san' },
  'a certificate that is weak': { ...inspect, leaf: 'weak' },
  'a certificate by itself': { ...inspect, leaf: 'self-signed' },
  'a certificate without the one between': { ...inspect, leaf: 'missing-intermediate' },
  'TLS 1.1': { ...inspect, toClient: { maxVersion: 'TLSv1.1' } },
  'a downgrade': { ...inspect, downgrade: true },
  'a ClientHello that is too large': { ...inspect, hello: { limit: 200 } },
  'a wish for a client certificate': { ...inspect, clientCertificate: 'required' },
  'a wish for one under TLS 1.2': { ...inspect, clientCertificate: 'required', toClient: { maxVersion: 'TLSv1.2' } },
  'RST for a server name': { kind: 'sni-filter' },
  'FIN for a server name': { kind: 'sni-filter', how: 'fin' },
  'a page of its own': { kind: 'block-page' },
  'a status of two digits': { ...reply, line: 'HTTP/1.1 20 OK' },
  'bytes behind the 200': { ...reply, early: 'tunnel open\r\n' },
  '204': { ...reply, status: 204, reason: 'No Content' },
  'a page to everything': { kind: 'respond', status: 200, body: 'hello' },
  'a page in chunks': { kind: 'respond', status: 200, body: 'hello', chunked: true },
  'no content': { kind: 'respond', status: 204 },
  '304': { kind: 'respond', status: 304 },
  '429': { kind: 'respond', status: 429, headers: { 'Retry-After': '1' } },
  '503 in chunks': { kind: 'respond', status: 503, body: 'x'.repeat(3000), chunked: true },
  '599': { kind: 'respond', status: 599, reason: 'Odd' },
  'a 407 with Bearer': { kind: 'respond', status: 407, headers: { 'Proxy-Authenticate': 'Bearer realm="x"' } },
  'a 407 of 300 KB': {
    kind: 'respond',
    status: 407,
    headers: { 'Proxy-Authenticate': 'Basic' },
    body: 'x'.repeat(3e5),
  },
  'FIN in the middle of a page': { kind: 'truncate', after: 3000 },
  'FIN in the middle of a request': { kind: 'truncate', after: 20, direction: 'up' },
  'a limit for heads': { kind: 'header-limit', size: 20 },
  'a full house': { kind: 'limit', tunnels: 0, retryAfter: 5 },
  'a loop': { kind: 'loop' },
  '201': { ...reply, status: 201 },
  'no reason': { ...reply, line: 'HTTP/1.1 200' },
  'HTTP/2': { ...reply, line: 'HTTP/2 200 OK' },
  'HTTP/1.2': { ...reply, line: 'HTTP/1.2 200 OK' },
  'another protocol': { ...reply, line: 'ICY 200 OK' },
  'small letters': { ...reply, line: 'http/1.1 200 ok' },
  'two blanks': { ...reply, line: 'HTTP/1.1  200 OK' },
  'a status of four digits': { ...reply, line: 'HTTP/1.1 2000 OK' },
  'an interim answer alone': { ...reply, line: 'HTTP/1.1 100 Continue' },
  'a version alone': { ...reply, line: 'HTTP/1.1' },
  'chunks in the 200': { ...reply, headers: { 'Transfer-Encoding': 'chunked' } },
  'Connection: close in the 200': { ...reply, headers: { Connection: 'close' } },
  SSH: { kind: 'garbage', text: 'SSH-2.0-OpenSSH_9\r\n' },
  'a page without a head': { kind: 'garbage', text: '<html>busy</html>' },
  'empty lines': { kind: 'garbage', text: '\r\n\r\n' },
  'a line and an empty line': { kind: 'garbage', text: 'hello\r\n\r\n' },
  'a signature that nobody offers': { ...inspect, toClient: { signatures: 'RSA+SHA512' } },
  'no ALPN': { ...inspect, alpn: 'none' },
  'a certificate for the proxy': { ...inspect, name: 'proxy.example' },
  'a destination that it does not trust': { ...inspect, trust: ['corp-ca'] },
};

const page = { '/': { body: 'x'.repeat(5000) } };
const story = (profile: string, url: string, behaviour: unknown, credentials?: object) => ({
  version: 1,
  id: 'as-real',
  name: 'As real',
  lab: {
    dns: { records: { 'proxy.corp.example': { A: '10.20.0.8' }, 'app.example': { A: '203.0.113.50' } } },
    hosts: { 'app.example': { http: page, https: { paths: page } } },
    proxies: {
      edge: {
        listen: 'proxy.corp.example:8080',
        accounts: { admin: 'secret' },
        ...(behaviour === undefined ? {} : { behaviour }),
      },
    },
  },
  clients: {
    client: {
      profile,
      trust: ['public-ca'],
      ...(credentials === undefined ? {} : { credentials }),
      settings: {
        environment: { http_proxy: 'http://proxy.corp.example:8080', https_proxy: 'http://proxy.corp.example:8080' },
      },
    },
  },
  steps: [{ fetch: { url, client: 'client' } }],
});

async function record(profile: string, url: string, behaviour: unknown, credentials?: object) {
  const [scenario] = await loadSource(story(profile, url, behaviour, credentials), { mayExpectNothing: true });
  if (!scenario) throw new Error('no scenario');
  const { events } = await runScenario(scenario, { clock: 'virtual', bytes: false, timeout: 20_000 });
  return events;
}

async function model(profile: string, url: string, behaviour: unknown): Promise<string> {
  const events = await record(profile, url, behaviour);
  const end = pick(events, 'client.finished').at(-1)?.data;
  if (!end?.error) return `status ${end?.status}`;
  return profile === 'curl' ? end.error.text : `${end.error.name}: ${end.error.text}`;
}

async function realCurl(lab: Published, url: string, ca: string, ...rest: string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'paclab-'));
  const file = join(folder, 'ca.pem');
  await writeFile(file, ca);
  const wanted = ['-o', '/dev/null', '-w', '%{http_code}', '--cacert', file, '-x', `http://${lab.at('edge')}`];
  const { code, out, err } = await curl(...wanted, ...rest, url);
  await rm(folder, { recursive: true });
  return code === 0 ? `status ${out}` : (err.trim().split('\n')[0] ?? '');
}

/** `write EPROTO 808C…:error:0A00042E:SSL routines:ssl3_read_bytes:tlsv1 alert protocol version:../deps/…`. */
const openSsl = /(write EPROTO )?[0-9A-F]{12,16}:error:\w+:SSL routines:\w*:([^:]+):[\s\S]*/;

function realNode(lab: Published, url: string, ca: string): Promise<string> {
  const proxy = `http://${lab.at('edge')}`;
  return new Promise((resolve) => {
    const failed = ({ code, name, message }: NodeJS.ErrnoException): void =>
      resolve(
        `${code ?? name}: ${message.replace(openSsl, (_all, write = '', said) => `${write && 'write EPROTO: '}${said}`)}`,
      );
    const done = (answer: IncomingMessage): void => {
      answer.on('error', failed).resume();
      answer.on('end', () => resolve(`status ${answer.statusCode}`));
    };
    if (url.startsWith('https:')) httpsGet(url, { agent: new HttpsProxyAgent(proxy), ca }, done).on('error', failed);
    else httpGet(url, { agent: new HttpProxyAgent(proxy) }, done).on('error', failed);
  });
}

const installed = spawnSync('curl', ['--version'], { encoding: 'utf8' }).stdout ?? '';
/** The versions that the models speak of. */
const measured = {
  curl: installed.startsWith('curl 7.88.1') && installed.includes('OpenSSL/3.0.'),
  node: process.version.startsWith('v20.'),
};

async function compare(
  profile: 'curl' | 'node',
  real: (lab: Published, url: string, ca: string) => Promise<string>,
): Promise<void> {
  await using lab = await startPublished(story(profile, 'http://app.example/', undefined));
  const { pem } = await lab.lab.pki.authority('public-ca');
  const said: Record<string, string> = {};
  const modelled: Record<string, string> = {};
  for (const [state, behaviour] of Object.entries(states)) {
    lab.lab.change('proxies.edge.behaviour', behaviour);
    for (const url of ['https://app.example/', 'http://app.example/']) {
      said[`${state}, ${url}`] = (await real(lab, url, pem)).replace(/OpenSSL\/3\.0\.\d+/, 'OpenSSL/3.0.19');
      modelled[`${state}, ${url}`] = (await model(profile, url, behaviour)).trim();
    }
  }
  expect(modelled).toEqual(said);
}

test.skipIf(!measured.curl)(
  'curl and its model say the same of a proxy in any of these states',
  () => compare('curl', realCurl),
  60_000,
);

test.skipIf(!measured.node)(
  'the agents of Node and their model say the same of a proxy in any of these states',
  () => compare('node', realNode),
  60_000,
);

const stale = { kind: 'challenge', schemes: ['digest'], realm: 'CORP', digest: { alwaysStale: true } };

test.skipIf(!measured.curl).each([
  ['http://app.example/', 'curl: (47) Maximum (50) redirects followed', 51],
  ['https://app.example/', 'curl: (56) Too large response headers: … > 307200', undefined],
])(
  'curl and its model end alike before a proxy whose nonces are always stale: %s',
  async (url, text, requests) => {
    await using lab = await startPublished(story('curl', url, stale));
    const said = await realCurl(lab, url, '', '--proxy-digest', '--proxy-user', 'admin:secret');
    const asked = lab.events('proxy.request').length;
    expect(said.replace(/headers: \d+ >/, 'headers: … >')).toBe(text);
    expect(asked).toBe(requests ?? asked);
    const credentials = { user: 'admin', password: 'secret', scheme: 'digest' };
    const modelled = await record('curl', url, stale, credentials);
    expect(pick(modelled, 'client.finished').at(-1)?.data.error?.text).toBe(text);
    expect(pick(modelled, 'proxy.request')).toHaveLength(asked);
  },
  60_000,
);
