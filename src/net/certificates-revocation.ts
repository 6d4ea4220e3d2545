/**
 * What an authority says of the certificates that it issued: its revocation list (RFC 5280 5) and its answers as an OCSP
 * responder (RFC 6960), signed with its own key. Nothing of the lab is ever revoked. Both name the lab's day.
 */
import { createHash, createPublicKey, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

import {
  bits,
  elementsOf,
  generalizedTime,
  integer,
  objectId,
  octets,
  sequence,
  tagged,
  time,
} from './certificates-der.ts';
import type { Element } from './certificates-der.ts';
import { authorityKeyId, extension, isSerialOf, signatureAlgorithm } from './certificates-leaf.ts';
import type { Issuer } from './certificates-leaf.ts';

export interface Revocation {
  /** The list of the day, in DER. */
  list(): Buffer;
  /** The answer to a request in DER; to anything else, that it is malformed. */
  answer(request: Buffer | undefined): Buffer;
}

export interface RevocationTools {
  authority: Issuer;
  /** Who else issues below the authority, and answers for it. */
  intermediate: () => Issuer;
  /** The lab's time in milliseconds since 1970. */
  date: () => number;
}

const day = 86_400_000;
const week = 7 * day;
const ids = {
  crlNumber: '2.5.29.20',
  basicResponse: '1.3.6.1.5.5.7.48.1.1',
  nonce: '1.3.6.1.5.5.7.48.1.2',
} as const;

export function revocationOf({ authority, intermediate, date }: RevocationTools): Revocation {
  return {
    list: () => revocationList(authority, date()),
    answer(request) {
      const asked = request && readRequest(request);
      if (!asked) return refusal.malformedRequest;
      const known = [authority, intermediate()];
      const issuers = asked.certificates.map((one) => known.find((issuer) => isIssuer(one, issuer)));
      // RFC 6960 4.2.2.2: who signs is the issuer of the certificate that is asked about.
      const signer = issuers.find((issuer) => issuer !== undefined) ?? authority;
      const responses = asked.certificates.map((one, index) =>
        singleResponse(one, issuers[index] === signer && isSerialOf(signer, one.serial), date()),
      );
      return response(signer, responses, asked.nonce, date());
    },
  };
}

/** Empty, of version 2; the number of the day is its number. */
function revocationList(issuer: Issuer, now: number): Buffer {
  const today = startOfDay(now);
  const number = Buffer.alloc(4);
  number.writeUInt32BE(today / day);
  const algorithm = signatureAlgorithm(issuer.key, 'sha256');
  const body = sequence(
    integer(Buffer.of(1)),
    algorithm,
    issuer.subject,
    time(today),
    time(today + week),
    tagged(0xa0, sequence(authorityKeyId(issuer), extension(ids.crlNumber, integer(number.subarray(2))))),
  );
  return sequence(body, algorithm, bits(signature(body, issuer.key)));
}

interface Asked {
  certificates: CertificateId[];
  /** The whole extension, as it came. */
  nonce: Buffer | undefined;
}

interface CertificateId {
  whole: Buffer;
  digest: string;
  nameHash: Buffer;
  keyHash: Buffer;
  serial: Buffer;
}

const tags = { sequence: 0x30, version: 0xa0, requestor: 0xa1, extensions: 0xa2 } as const;

/** Undefined for what is no request. Who signed it is not looked at. */
function readRequest(bytes: Buffer): Asked | undefined {
  const request = onlySequence(bytes);
  const fields = request?.[0] && childrenOf(request[0]);
  const list = fields?.find(({ tag }) => tag === tags.sequence);
  const certificates = (list ? childrenOf(list) : undefined)?.map((one) => readCertificateId(childrenOf(one)?.[0]));
  if (!fields || !certificates || certificates.length === 0) return undefined;
  const known = certificates.flatMap((one) => one ?? []);
  if (known.length < certificates.length) return undefined;
  const extensions = fields.find(({ tag }) => tag === tags.extensions);
  const listed = extensions && onlySequence(extensions.content);
  const nonce = listed?.find((one) => one.content.subarray(0, nonceId.length).equals(nonceId));
  return { certificates: known, nonce: nonce?.whole };
}

const nonceId = objectId(ids.nonce);
const digests = Object.entries({
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
});

function readCertificateId(element: Element | undefined): CertificateId | undefined {
  const [algorithm, nameHash, keyHash, serial] = (element && childrenOf(element)) ?? [];
  const id = algorithm && childrenOf(algorithm)?.[0]?.whole;
  const digest = digests.find(([, dotted]) => id?.equals(objectId(dotted)))?.[0];
  if (!element || !nameHash || !keyHash || serial?.tag !== 0x02) return undefined;
  // Of a digest that is not known nothing can be said but that the certificate is not known.
  return {
    whole: element.whole,
    digest: digest ?? '',
    nameHash: nameHash.content,
    keyHash: keyHash.content,
    serial: serial.content,
  };
}

function isIssuer({ digest, nameHash, keyHash }: CertificateId, { subject, key }: Issuer): boolean {
  if (digest === '') return false;
  const hash = (bytes: Buffer): Buffer => createHash(digest).update(bytes).digest();
  return hash(subject).equals(nameHash) && hash(publicBits(key)).equals(keyHash);
}

const singleResponse = ({ whole }: CertificateId, good: boolean, now: number): Buffer =>
  sequence(
    whole,
    good ? tagged(0x80) : tagged(0x82),
    generalizedTime(startOfDay(now)),
    tagged(0xa0, generalizedTime(startOfDay(now) + week)),
  );

function response(signer: Issuer, responses: readonly Buffer[], nonce: Buffer | undefined, now: number): Buffer {
  const byKey = tagged(0xa2, octets(createHash('sha1').update(publicBits(signer.key)).digest()));
  const body = sequence(
    byKey,
    generalizedTime(now),
    sequence(...responses),
    ...(nonce ? [tagged(0xa1, sequence(nonce))] : []),
  );
  const basic = sequence(body, signatureAlgorithm(signer.key, 'sha256'), bits(signature(body, signer.key)));
  return sequence(enumerated(0), tagged(0xa0, sequence(objectId(ids.basicResponse), octets(basic))));
}

const enumerated = (value: number): Buffer => tagged(0x0a, Buffer.of(value));

/** RFC 6960 4.2.1: without a signature. */
const refusal = { malformedRequest: sequence(enumerated(1)) } as const;

/** The key as CertID and responder name it: without what surrounds its bits (RFC 6960 4.1.1). */
function publicBits(key: KeyObject): Buffer {
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const bitString = onlySequence(spki)?.[1];
  if (!bitString) throw new Error('a public key without its bits');
  return bitString.content.subarray(1);
}

/** ECDSA's differ in length by a byte or two, and the trace shows lengths: of those made, one of the likeliest length. */
function signature(body: Buffer, key: KeyObject): Buffer {
  let made = sign('sha256', body, key);
  for (let more = 63; more > 0 && made.length !== likeliest && key.asymmetricKeyType === 'ec'; more -= 1)
    made = sign('sha256', body, key);
  return made;
}
/** Over P-256, in bytes. */
const likeliest = 71;

const startOfDay = (now: number): number => Math.floor(now / day) * day;

/** What is in a sequence that is all there is. */
function onlySequence(bytes: Buffer): Element[] | undefined {
  const [only, ...more] = elementsOf(bytes) ?? [];
  return only?.tag === tags.sequence && more.length === 0 ? elementsOf(only.content) : undefined;
}

const childrenOf = ({ content }: Element): Element[] | undefined => elementsOf(content);
