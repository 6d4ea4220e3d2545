import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { Activity } from '../../src/activity.ts';
import { createPki } from '../../src/net/certificates.ts';
import { signedWithSha1 } from '../../src/net/certificates-leaf.ts';
import { marchMorning } from '../kit/world.ts';

const newPki = (date = marchMorning) => createPki({ date: () => date, activity: new Activity() });
const pki = newPki();
const names = ['tenant.msappproxy.net', '*.msappproxy.net', '203.0.113.10', '2001:db8::10', 'bücher.example'];

test('an authority signs for others, and says so in critical extensions', async () => {
  const { certificate, pem } = await pki.authority('public-ca');
  expect(certificate.ca).toBe(true);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.subject).toBe('CN=public-ca\nO=paclab');
  expect(pem).toMatch(/^-----BEGIN CERTIFICATE-----/);
});

test('a leaf names what it was asked to name, and nothing else', async () => {
  const { certificate } = await pki.leaf({ names, authority: 'public-ca' });
  const { certificate: authority } = await pki.authority('public-ca');
  expect(certificate.checkIssued(authority)).toBe(true);
  expect(certificate.verify(authority.publicKey)).toBe(true);
  expect(certificate.ca).toBe(false);
  expect(certificate.checkHost('tenant.msappproxy.net', { subject: 'never' })).toBe('tenant.msappproxy.net');
  expect(certificate.checkHost('xn--bcher-kva.example', { subject: 'never' })).toBeTruthy();
  expect(certificate.checkIP('203.0.113.10')).toBe('203.0.113.10');
  expect(certificate.checkIP('2001:db8::10')).toBe('2001:db8::10');
  expect(certificate.checkHost('msappproxy.net', { subject: 'never' })).toBeUndefined();
  expect(certificate.checkIP('203.0.113.11')).toBeUndefined();
});

test("a leaf is valid around the lab's own date, 45 days at most", async () => {
  const { view } = await pki.leaf({ names, authority: 'public-ca' });
  expect([view.notBefore, view.notAfter]).toEqual(['2026-02-28T00:00:00.000Z', '2026-04-16T00:00:00.000Z']);
  const later = await newPki(Date.parse('2031-07-01T12:00:00Z')).leaf({ names, authority: 'public-ca' });
  expect(later.view.notBefore).toBe('2031-06-29T00:00:00.000Z');
});

test('labs of the same day share authorities and leaves; another name gets another leaf', async () => {
  const other = newPki(marchMorning + 3_600_000);
  const [mine, theirs] = await Promise.all([pki, other].map((one) => one.leaf({ names, authority: 'public-ca' })));
  expect(mine).toBe(theirs);
  expect(await pki.authority('public-ca')).toBe(await other.authority('public-ca'));
  expect(await pki.authority('public-ca')).not.toBe(await pki.authority('inspection-ca'));
  expect(await pki.leaf({ names: ['a.example'], authority: 'public-ca' })).not.toBe(mine);
});

test('each fault is in the certificate, and its healthy twin has none of them', async () => {
  const authority = (await pki.authority('public-ca')).certificate;
  const leaf = async (...faults: Parameters<typeof pki.clientCertificate>[1] & object) =>
    pki.leaf({ names: ['a.example'], authority: 'public-ca', faults });
  const healthy = await leaf();
  expect(healthy.view).toMatchObject({
    subject: 'CN=a.example, O=paclab',
    issuer: 'CN=public-ca, O=paclab',
    names: ['a.example'],
    chain: 1,
  });
  expect(signedWithSha1(healthy.certificate)).toBe(false);
  expect((await leaf('expired')).view.notAfter).toBe('2026-03-01T00:00:00.000Z');
  expect((await leaf('not-yet-valid')).view.notBefore).toBe('2026-03-04T00:00:00.000Z');
  expect((await leaf('wrong-name')).view.names).toEqual(['another-host.example']);
  expect((await leaf('no-san')).view).toMatchObject({ subject: 'CN=a.example, O=paclab', names: [] });
  const selfSigned = (await leaf('self-signed')).certificate;
  expect([selfSigned.issuer, selfSigned.verify(selfSigned.publicKey)]).toEqual([selfSigned.subject, true]);
  const weak = (await leaf('weak')).certificate;
  expect([weak.publicKey.asymmetricKeyDetails?.modulusLength, signedWithSha1(weak)]).toEqual([1024, true]);
  expect((await leaf('missing-intermediate')).view).toMatchObject({
    issuer: 'CN=public-ca intermediate, O=paclab',
    chain: 1,
  });
  expect((await leaf('untrusted')).certificate.checkIssued(authority)).toBe(false);
});

test('a name longer than 64 characters is in the SAN only', async () => {
  const long = `${'a'.repeat(60)}.${'b'.repeat(20)}.example`;
  const { certificate, view } = await pki.leaf({ names: [long], authority: 'public-ca' });
  expect([view.subject, certificate.checkHost(long)]).toEqual(['', long]);
});

test('a client certificate comes from the connector authority', async () => {
  const { view, certificate } = await pki.clientCertificate('connector');
  expect([view.subject, view.issuer]).toEqual(['CN=connector, O=paclab', 'CN=connector-ca, O=paclab']);
  expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
});

const openssl = spawnSync('openssl', ['version']).status === 0;
if (!openssl)
  process.stderr.write('\nSKIPPED: openssl is not installed; the strict check of certificates did not run\n');

test.skipIf(!openssl)('OpenSSL accepts root, intermediate and leaf under its strict rules', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'paclab-'));
  try {
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const root = file('root.pem', (await pki.authority('public-ca')).pem);
    const verify = async (request: Partial<Parameters<typeof pki.leaf>[0]>) => {
      const leaf = await pki.leaf({ names, authority: 'public-ca', ...request });
      const [certificate, ...along] = leaf.chainPem.split(/(?<=-----END CERTIFICATE-----\n)/);
      const between = along.length > 0 ? ['-untrusted', file('between.pem', along.join(''))] : [];
      const at = String(Math.floor(marchMorning / 1000));
      const run = spawnSync(
        'openssl',
        ['verify', '-x509_strict', '-attime', at, '-CAfile', root, ...between, file('leaf.pem', certificate ?? '')],
        { encoding: 'utf8' },
      );
      return run.status === 0 ? 'ok' : run.stderr;
    };
    expect(await verify({})).toBe('ok');
    expect(await verify({ intermediate: true })).toBe('ok');
    expect(await verify({ names: [`${'a'.repeat(60)}.${'b'.repeat(20)}.example`] })).toBe('ok');
    expect(await verify({ usage: 'client' })).toBe('ok');
    expect(await verify({ faults: ['missing-intermediate'] })).toMatch(/unable to get local issuer/);
    expect(await verify({ faults: ['expired'] })).toMatch(/expired/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('reading a leaf back gives the certificate that was sent', async () => {
  const { certPem, certificate } = await pki.leaf({ names, authority: 'public-ca' });
  expect(new X509Certificate(certPem).fingerprint256).toBe(certificate.fingerprint256);
});
