/**
 * The authorities of the lab: one per name and process, so that a hundred labs do not pay for theirs. Valid from 2000
 * to 2049, since each lab has a date of its own.
 */
import { KeyObject, X509Certificate, createPrivateKey, webcrypto } from 'node:crypto';

import { serialNumber } from './certificates-leaf.ts';
import type { Issuer } from './certificates-leaf.ts';

export interface Authority extends Issuer {
  name: string;
  pem: string;
  certificate: X509Certificate;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const lifetime = { notBefore: new Date('2000-01-01T00:00:00Z'), notAfter: new Date('2049-12-31T23:59:59Z') };
const authorities = new Map<string, Promise<Authority>>();

/** The authority of that name; made when first asked for. */
export function authorityNamed(name: string): Promise<Authority> {
  let authority = authorities.get(name);
  if (!authority) {
    authority = makeAuthority(name);
    authorities.set(name, authority);
  }
  return authority;
}

async function makeAuthority(name: string): Promise<Authority> {
  // Loaded when the first authority is made: it takes longer to load than a whole scenario takes to run. The metadata
  // polyfill comes first, or x509 throws.
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const keyId = await x509.SubjectKeyIdentifierExtension.create(keys.publicKey);
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}, O=paclab`,
    serialNumber: serialNumber().toString('hex'),
    ...lifetime,
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      keyId,
    ],
  });
  const certificate = new X509Certificate(Buffer.from(made.rawData));
  return {
    name,
    pem: certificate.toString(),
    certificate,
    subject: Buffer.from(made.subjectName.toArrayBuffer()),
    keyId: Buffer.from(keyId.keyId, 'hex'),
    key: KeyObject.from(keys.privateKey),
  };
}

/** Where authorities are kept from one lab to the next, so that a client needs to be told once. */
export interface AuthorityStore {
  read(name: string): Promise<{ certPem: string; keyPem: string } | undefined>;
  /** Gives what is kept: what was written, or what another program wrote first. */
  write(name: string, made: { certPem: string; keyPem: string }): Promise<{ certPem: string; keyPem: string }>;
}

/** Authorities that are kept; made when first asked for. */
export function keptAuthorities(store: AuthorityStore): (name: string) => Promise<Authority> {
  const known = new Map<string, Promise<Authority>>();
  const get = async (name: string): Promise<Authority> => {
    const found = await store.read(name);
    if (found) return readAuthority(name, found);
    const made = await makeAuthority(name);
    const keyPem = made.key.export({ type: 'pkcs8', format: 'pem' }).toString();
    return readAuthority(name, await store.write(name, { certPem: made.pem, keyPem }));
  };
  return (name) => {
    const authority = known.get(name) ?? get(name);
    known.set(name, authority);
    return authority;
  };
}

async function readAuthority(
  name: string,
  { certPem, keyPem }: { certPem: string; keyPem: string },
): Promise<Authority> {
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const read = new x509.X509Certificate(certPem);
  const keyId = read.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId ?? '';
  return {
    name,
    pem: certPem,
    certificate: new X509Certificate(certPem),
    subject: Buffer.from(read.subjectName.toArrayBuffer()),
    keyId: Buffer.from(keyId, 'hex'),
    key: createPrivateKey(keyPem),
  };
}
