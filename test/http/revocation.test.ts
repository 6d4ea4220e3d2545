/** Revocation lists and OCSP of the service's side: real openssl asks a published lab, and checks what it gets. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { Activity } from '../../src/activity.ts';
import { createPki, keptAuthorities } from '../../src/net/certificates.ts';
import type { AuthorityStore } from '../../src/net/certificates.ts';
import { startPublished } from '../kit/published.ts';
import type { Published } from '../kit/published.ts';
import { ask, startTestHosts } from './kit.ts';

const openssl = spawnSync('openssl', ['version']).status === 0;
if (!openssl) process.stderr.write('\nSKIPPED: openssl is not installed; nobody has checked what responders sign\n');

const day = 86_400_000;

interface Desk extends AsyncDisposable {
  lab: Published;
  /** A file of the desk's folder. */
  path(name: string): string;
  /** What openssl says, and how it ends. */
  run(...args: string[]): Promise<{ code: number; said: string }>;
  /** Fetches from a host of the lab into a file. */
  fetch(host: string, path: string, file: string): Promise<Response>;
}

/** With the certificates of the authority, a leaf, one below an intermediate, and that intermediate. */
async function openDesk(): Promise<Desk> {
  const lab = await startPublished({
    version: 1,
    id: 'revocation',
    name: 'Who has been revoked',
    lab: {
      extends: 'entra',
      hosts: {
        'crl4.digicert.com': { rules: [{ then: 'login-page' }] },
        'ocsp.msocsp.com': { rules: [{ then: { kind: 'status', status: 503 } }] },
      },
    },
    steps: [],
  });
  const folder = await mkdtemp(join(tmpdir(), 'paclab-'));
  const path = (name: string): string => join(folder, name);
  const { pki } = lab.lab;
  const names = ['tenant.msappproxy.net'];
  const below = await pki.leaf({ names, authority: 'public-ca', intermediate: true });
  const files = {
    'ca.pem': (await pki.authority('public-ca')).pem,
    'leaf.pem': (await pki.leaf({ names, authority: 'public-ca' })).certPem,
    'stranger.pem': (await pki.leaf({ names, authority: 'public-ca', faults: ['untrusted'] })).certPem,
    'strange-ca.pem': (await pki.authority('unknown-ca')).pem,
    'below.pem': below.certPem,
    'between.pem': below.chainPem.slice(below.certPem.length),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(path(name), text);
  return {
    lab,
    path,
    run: (...args) =>
      new Promise((resolve) => {
        execFile('openssl', args, { cwd: folder }, (error, out, err) =>
          resolve({ code: error ? Number(error.code) : 0, said: err + out }),
        );
      }),
    async fetch(host, at, file) {
      const response = await fetch(`http://${lab.at(host, 'http')}${at}`, { headers: { Host: host } });
      await writeFile(path(file), Buffer.from(await response.arrayBuffer()));
      return response;
    },
    async [Symbol.asyncDispose]() {
      await lab[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

const trusting = ['-CAfile', 'ca.pem'];

test.skipIf(!openssl)('OpenSSL checks a certificate of the lab against the list that the lab serves', async () => {
  await using desk = await openDesk();
  const response = await desk.fetch('crl3.digicert.com', '/DigiCertGlobalRootG2.crl', 'list.crl');
  expect(response.headers.get('content-type')).toBe('application/pkix-crl');
  const read = ['crl', '-inform', 'DER', '-in', 'list.crl', '-out', 'list.pem', ...trusting];
  expect(await desk.run(...read)).toMatchObject({ code: 0, said: expect.stringContaining('verify OK') as string });
  const checked = ['verify', '-x509_strict', '-crl_check', '-CRLfile', 'list.pem', ...trusting];
  expect(await desk.run(...checked, 'leaf.pem')).toMatchObject({ code: 0 });
  const { said } = await desk.run('crl', '-in', 'list.pem', '-noout', '-text');
  expect(said).toMatch(/Version 2[^]*Issuer: CN = public-ca, O = paclab[^]*Authority Key Identifier[^]*CRL Number/);
  const [from, until] = [...said.matchAll(/(?:Last|Next) Update: (.*)/g)].map(([, date = '']) => Date.parse(date));
  expect(from).toBe(Math.floor(Date.now() / day) * day);
  expect((until ?? 0) - (from ?? 0)).toBe(7 * day);
});

test.skipIf(!openssl)('a page in the place of the list is no list', async () => {
  await using desk = await openDesk();
  const response = await desk.fetch('crl4.digicert.com', '/DigiCertGlobalRootG2.crl', 'page.crl');
  expect(response.status).toBe(200);
  expect((await desk.run('crl', '-inform', 'DER', '-in', 'page.crl', '-noout')).code).not.toBe(0);
});

test.skipIf(!openssl)(
  'the responder says good of what its authority has issued, unknown of anything else',
  async () => {
    await using desk = await openDesk();
    const url = ['-url', `http://${desk.lab.at('ocsp.digicert.com', 'http')}/`, ...trusting];
    const about = (...which: string[]) => desk.run('ocsp', '-header', 'HOST=ocsp.digicert.com', ...which, ...url);
    for (const digest of ['-sha1', '-sha256', '-sha512']) {
      const { said } = await about(digest, '-issuer', 'ca.pem', '-cert', 'leaf.pem');
      expect(said).toMatch(/Response verify OK[^]*leaf\.pem: good/);
      expect(said).not.toMatch(/nonce/i);
    }
    // Without a nonce none comes back.
    expect((await about('-no_nonce', '-issuer', 'ca.pem', '-serial', '0x1234')).said).toMatch(
      /verify OK[^]*0x1234: unknown/,
    );
    expect((await about('-issuer', 'strange-ca.pem', '-cert', 'stranger.pem')).said).toMatch(/stranger\.pem: unknown/);
    const two = await about('-issuer', 'ca.pem', '-cert', 'leaf.pem', '-serial', '0x1234');
    expect(two.said).toMatch(/leaf\.pem: good[^]*0x1234: unknown/);
    // Whoever issued it signs the answer.
    const below = await about('-issuer', 'between.pem', '-cert', 'below.pem');
    expect(below.said).toMatch(/Response verify OK[^]*below\.pem: good/);
  },
);

test.skipIf(!openssl)('a request in the path of a GET gets the same answer, whatever stands before it', async () => {
  await using desk = await openDesk();
  await desk.run('ocsp', '-issuer', 'ca.pem', '-cert', 'leaf.pem', '-reqout', 'request.der');
  const asked = await readFile(desk.path('request.der'));
  for (const [host, folder] of [
    ['ocsp.digicert.com', ''],
    ['oneocsp.microsoft.com', '/ocsp'],
  ] as const) {
    for (const written of [asked.toString('base64'), encodeURIComponent(asked.toString('base64'))]) {
      const response = await desk.fetch(host, `${folder}/${written}`, 'response.der');
      expect(response.headers.get('content-type')).toBe('application/ocsp-response');
      const files = ['-reqin', 'request.der', '-respin', 'response.der'];
      const { said } = await desk.run('ocsp', ...files, ...trusting, '-VAfile', 'ca.pem', '-text');
      expect(said).toMatch(/Response verify OK/);
      expect(said).toMatch(/Cert Status: good/);
      expect(said.match(/OCSP Nonce: *\n.*/g)).toHaveLength(2);
      expect(new Set(said.match(/OCSP Nonce: *\n.*/g)).size).toBe(1);
    }
  }
});

test.skipIf(!openssl)('an authority that is kept knows what it issued in an earlier process', async () => {
  await using desk = await openDesk();
  const kept = new Map<string, { certPem: string; keyPem: string }>();
  const store: AuthorityStore = {
    read: async (name) => kept.get(name),
    async write(name, made) {
      kept.set(name, made);
      return made;
    },
  };
  const pki = () => createPki({ date: Date.now, activity: new Activity(), authorities: keptAuthorities(store) });
  const earlier = pki();
  const leaf = await earlier.leaf({ names: ['a.example'], authority: 'public-ca' });
  await writeFile(desk.path('kept-ca.pem'), (await earlier.authority('public-ca')).pem);
  await writeFile(desk.path('kept.pem'), leaf.certPem);
  const later = await pki().revocation('public-ca');
  const statusOf = async (...which: string[]): Promise<string | undefined> => {
    await desk.run('ocsp', '-issuer', 'kept-ca.pem', ...which, '-reqout', 'request.der');
    await writeFile(desk.path('response.der'), later.answer(await readFile(desk.path('request.der'))));
    const { said } = await desk.run('ocsp', '-respin', 'response.der', '-noverify', '-text');
    return /Cert Status: (\w+)/.exec(said)?.[1];
  };
  expect(await statusOf('-cert', 'kept.pem')).toBe('good');
  const { serialNumber } = leaf.certificate;
  const other = `${serialNumber.slice(0, -1)}${serialNumber.endsWith('0') ? '1' : '0'}`;
  expect(await statusOf('-serial', `0x${other}`)).toBe('unknown');
});

test.skipIf(!openssl)('a responder that is down says nothing of anybody', async () => {
  await using desk = await openDesk();
  const url = ['-url', `http://${desk.lab.at('ocsp.msocsp.com', 'http')}/`, ...trusting];
  const { code, said } = await desk.run(
    'ocsp',
    '-header',
    'HOST=ocsp.msocsp.com',
    '-issuer',
    'ca.pem',
    '-cert',
    'leaf.pem',
    ...url,
  );
  expect(code).not.toBe(0);
  expect(said).not.toMatch(/good/);
});

const responder = { address: '203.0.113.10', http: { '/list.crl': { crl: 'public-ca' }, '/*': { ocsp: 'public-ca' } } };
const malformed = Buffer.from('30030a0101', 'hex');

test('what is no request is answered as malformed', async () => {
  await using lab = await startTestHosts({ 'ocsp.example': responder });
  const type: [string, string] = ['Content-Type', 'application/ocsp-request'];
  const cut = Buffer.from('300a3008', 'hex').toString('latin1');
  for (const asking of [
    {},
    { method: 'POST', headers: [type], body: 'nonsense' },
    { method: 'POST', headers: [type], body: cut },
    { method: 'POST', headers: [type], body: '0'.repeat(70_000) },
  ]) {
    const answer = await ask(lab, 'http://ocsp.example/', asking);
    expect(answer).toMatchObject({ ok: true, value: { status: 200, body: malformed } });
  }
  for (const path of ['/MEow', '/%', '/%4', `/${'M'.repeat(3000)}`])
    expect(await ask(lab, `http://ocsp.example${path}`)).toMatchObject({ ok: true, value: { body: malformed } });
});

test('lists are as long as each other, whatever their signature, so that the trace is', async () => {
  await using lab = await startTestHosts({ 'crl.example': responder });
  const bodies: Buffer[] = [];
  for (let round = 0; round < 24; round += 1) {
    const answer = await ask(lab, 'http://crl.example/list.crl');
    if (answer.ok) bodies.push(answer.value.body);
  }
  expect(new Set(bodies.map((body) => body.toString('hex'))).size).toBe(24);
  expect(new Set(bodies.map(({ length }) => length)).size).toBe(1);
});

test('a list names the lab’s day, not the machine’s', async () => {
  await using lab = await startTestHosts({ 'crl.example': responder });
  const answer = await ask(lab, 'http://crl.example/list.crl');
  const written = answer.ok ? answer.value.body.toString('latin1') : '';
  expect(written).toContain('260302000000Z');
  expect(written).toContain('260309000000Z');
});

test('a body that a scenario lays over a list is sent in its place', async () => {
  await using lab = await startTestHosts({
    'crl.example': { ...responder, http: { '/list.crl': { crl: 'public-ca', body: 'a page' } } },
  });
  const answer = await ask(lab, 'http://crl.example/list.crl');
  expect(answer).toMatchObject({ ok: true, value: { body: Buffer.from('a page') } });
  const type = answer.ok ? answer.value.headers.find(([name]) => name === 'Content-Type') : undefined;
  expect(type).toEqual(['Content-Type', 'application/pkix-crl']);
});
