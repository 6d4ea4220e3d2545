/** Certificates issued by an authority of the lab: healthy by default, faulty on purpose. */
import { X509Certificate, createHash, createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';

import { canonicalV6 } from './address.ts';
import { bits, boolean, integer, objectId, octets, sequence, set, tagged, time, utf8 } from './certificates-der.ts';

/** What may be wrong with a certificate, and what a client that checks says to it. */
export const leafFaults = {
  expired: 'ended the day before',
  'not-yet-valid': 'begins two days later',
  'wrong-name': 'names another host',
  'no-san': 'has the name in its subject only',
  'self-signed': 'is signed by its own key',
  weak: 'has a 1024-bit RSA key and a SHA-1 signature',
  'missing-intermediate': 'comes without the intermediate that issued it',
  untrusted: 'comes from an authority that nobody trusts',
} as const;
export type LeafFault = keyof typeof leafFaults;

/** Who signs: subject in DER, the SKI as stored in its certificate, and its key. */
export interface Issuer {
  subject: Buffer;
  keyId: Buffer;
  key: KeyObject;
}

export interface Draft {
  commonName: string;
  /** Host names and addresses of the SAN. */
  names: readonly string[];
  issuer: Issuer | 'self';
  publicKey: KeyObject;
  /** The key of `publicKey`; signs when the issuer is `self`. */
  key: KeyObject;
  /** Milliseconds since 1970. */
  notBefore: number;
  notAfter: number;
  usage: 'server' | 'client' | 'authority';
  digest: 'sha256' | 'sha1';
}

const longestCommonName = 64;
const ids = {
  commonName: '2.5.4.3',
  organization: '2.5.4.10',
  ski: '2.5.29.14',
  keyUsage: '2.5.29.15',
  san: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  aki: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  server: '1.3.6.1.5.5.7.3.1',
  client: '1.3.6.1.5.5.7.3.2',
} as const;
const signatureIds = {
  ec: { sha256: '1.2.840.10045.4.3.2', sha1: '1.2.840.10045.4.1' },
  rsa: { sha256: '1.2.840.113549.1.1.11', sha1: '1.2.840.113549.1.1.5' },
} as const;

/** Writes and signs one certificate. */
export function issue(draft: Draft): X509Certificate {
  const { issuer, digest } = draft;
  const subject = distinguishedName(draft.commonName);
  const signer = issuer === 'self' ? draft.key : issuer.key;
  const algorithm = signatureAlgorithm(signer, digest);
  const body = sequence(
    tagged(0xa0, integer(Buffer.of(2))),
    integer(issuer === 'self' ? serialNumber() : serialFrom(issuer)),
    algorithm,
    issuer === 'self' ? subject : issuer.subject,
    sequence(time(draft.notBefore), time(draft.notAfter)),
    subject,
    draft.publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensions(draft))),
  );
  return new X509Certificate(sequence(body, algorithm, bits(sign(digest, body, signer))));
}

/** Omitted when too long for a CN (RFC 5280 upper bound 64); the SAN is critical then. */
export const distinguishedName = (commonName: string): Buffer =>
  commonName === '' || commonName.length > longestCommonName
    ? sequence()
    : sequence(
        set(sequence(objectId(ids.commonName), utf8(commonName))),
        set(sequence(objectId(ids.organization), utf8('paclab'))),
      );

/** 16 bytes, positive, the first not zero (RFC 5280 4.1.2.2). Never shown in an event. */
export function serialNumber(): Buffer {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return serial;
}

/** With a mark of the issuer at its end: whoever has the issuer's key knows its certificates, in later processes too. */
function serialFrom(issuer: Issuer): Buffer {
  const serial = serialNumber();
  markOf(issuer, serial).copy(serial, serial.length - markLength);
  return serial;
}

/** Whether the issuer has given this serial number. */
export const isSerialOf = (issuer: Issuer, serial: Buffer): boolean =>
  serial.length > markLength && markOf(issuer, serial).equals(serial.subarray(-markLength));

const markLength = 6;

const markOf = ({ key }: Issuer, serial: Buffer): Buffer =>
  createHmac('sha256', key.export({ type: 'pkcs8', format: 'der' }))
    .update(serial.subarray(0, -markLength))
    .digest()
    .subarray(0, markLength);

/** Whether a certificate is signed with SHA-1; node:crypto does not tell. */
export const signedWithSha1 = (certificate: X509Certificate): boolean =>
  [signatureIds.ec.sha1, signatureIds.rsa.sha1].some((id) => certificate.raw.includes(objectId(id)));

interface KeyPair {
  publicKey: KeyObject;
  privateKey: KeyObject;
}
const keys = new Map<string, KeyPair>();

/** One key for all healthy leaves of a process, never an authority's, and one weak one. */
export function leafKey(strength: 'strong' | 'weak' | 'intermediate'): KeyPair {
  let pair = keys.get(strength);
  if (!pair) {
    pair =
      strength === 'weak'
        ? generateKeyPairSync('rsa', { modulusLength: 1024 })
        : generateKeyPairSync('ec', { namedCurve: 'P-256' });
    keys.set(strength, pair);
  }
  return pair;
}

/** A short name for a key, as an authority stores it in its SKI (RFC 7093 method 1: 160 bits of SHA-256). */
export const keyIdOf = (key: KeyObject): Buffer =>
  createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest()
    .subarray(0, 20);

function extensions({ usage, names, commonName, issuer, publicKey }: Draft): Buffer[] {
  const isAuthority = usage === 'authority';
  const subjectless = commonName === '' || commonName.length > longestCommonName;
  return [
    isAuthority
      ? extension(ids.basicConstraints, sequence(boolean(true)), true)
      : extension(ids.basicConstraints, sequence()),
    extension(ids.keyUsage, keyUsage(usage, publicKey), true),
    // An authority names its key; a leaf does not, since Schannel confuses a leaf whose SKI equals its authority's.
    isAuthority
      ? extension(ids.ski, octets(keyIdOf(publicKey)))
      : extension(ids.extendedKeyUsage, sequence(objectId(ids[usage]))),
    ...(names.length > 0 ? [extension(ids.san, sequence(...names.map(generalName)), subjectless)] : []),
    ...(issuer === 'self' ? [] : [authorityKeyId(issuer)]),
  ];
}

/** Copied from the issuer's own SKI, never computed anew: authorities differ in how they make it. */
export const authorityKeyId = ({ keyId }: Issuer): Buffer => extension(ids.aki, sequence(tagged(0x80, keyId)));

export const extension = (id: string, value: Buffer, critical = false): Buffer =>
  sequence(objectId(id), ...(critical ? [boolean(true)] : []), octets(value));

function keyUsage(usage: Draft['usage'], key: KeyObject): Buffer {
  if (usage === 'authority') return bits(Buffer.of(0b0000_0110), 1);
  return key.asymmetricKeyType === 'rsa' ? bits(Buffer.of(0b1010_0000), 5) : bits(Buffer.of(0b1000_0000), 7);
}

function generalName(name: string): Buffer {
  if (isIP(name) !== 0) return tagged(0x87, addressBytes(name));
  return tagged(0x82, Buffer.from(domainToASCII(name) || name, 'latin1'));
}

/** RFC 5280 4.2.1.6: four bytes, or sixteen. */
function addressBytes(ip: string): Buffer {
  if (isIP(ip) === 4) return Buffer.from(ip.split('.').map(Number));
  const [head = '', tail = ''] = canonicalV6(ip).split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const missing = 8 - groups(head).length - groups(tail).length;
  const all = [...groups(head), ...Array<string>(missing).fill('0'), ...groups(tail)];
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}

/** ECDSA names its digest only; RSA carries a NULL (RFC 4055, RFC 5758). */
export function signatureAlgorithm(signer: KeyObject, digest: Draft['digest']): Buffer {
  const family = signer.asymmetricKeyType === 'rsa' ? 'rsa' : 'ec';
  return sequence(objectId(signatureIds[family][digest]), ...(family === 'rsa' ? [tagged(0x05)] : []));
}
