/** Messages of a TLS handshake (RFC 8446 4, RFC 5246 7.4). Lengths that lie give null, never an error. */
import { X509Certificate } from 'node:crypto';

import { viewCertificates } from '../../trace/certificate.ts';
import type { CertificateView } from '../../trace/events.ts';
import type { ClientHello, ServerHello } from '../connection.ts';

/** The random of a HelloRetryRequest: SHA-256 of its name. */
const retry = 'cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c';

export function clientHelloIn(body: Buffer): ClientHello | null {
  return guarded(() => {
    let at = 35 + (body[34] ?? 0);
    const legacy = body.readUInt16BE(0);
    at += 2 + body.readUInt16BE(at);
    at += 1 + (body[at] ?? 0);
    const hello: ClientHello = {
      random: body.toString('hex', 2, 34),
      serverName: null,
      alpn: [],
      versions: [legacy],
    };
    for (const { type, value } of extensionsIn(body, at)) {
      if (type === 0 && value.length > 5) hello.serverName = value.toString('latin1', 5, 5 + value.readUInt16BE(3));
      if (type === 16) hello.alpn = namesIn(value);
      if (type === 43) hello.versions = versionsIn(value);
    }
    return hello;
  });
}

/** Null for a HelloRetryRequest, too: the handshake begins anew. */
export function serverHelloIn(body: Buffer): Omit<ServerHello, 'slot'> | null {
  return guarded(() => {
    const random = body.toString('hex', 2, 34);
    if (random === retry) return null;
    const at = 35 + (body[34] ?? 0);
    const hello = { random, version: body.readUInt16BE(0), cipher: body.readUInt16BE(at), alpn: null as string | null };
    for (const { type, value } of extensionsIn(body, at + 3)) {
      if (type === 43 && value.length >= 2) hello.version = value.readUInt16BE(0);
      if (type === 16) hello.alpn = namesIn(value)[0] ?? null;
    }
    return hello;
  });
}

/** The certificates in a message, the leaf first; TLS 1.3 has extensions between them. */
export function certificatesIn(body: Buffer, version: number): Buffer[] {
  const found: Buffer[] = [];
  const modern = version >= 0x0304;
  let at = (modern ? 1 + (body[0] ?? 0) : 0) + 3;
  while (at + 3 <= body.length) {
    const length = body.readUIntBE(at, 3);
    if (length === 0 || at + 3 + length > body.length) break;
    found.push(body.subarray(at + 3, at + 3 + length));
    at += 3 + length;
    if (!modern) continue;
    if (at + 2 > body.length) break;
    at += 2 + body.readUInt16BE(at);
  }
  return found;
}

export interface ReadCertificate {
  view: CertificateView;
  /** Its key or its signature is of a kind that clients refuse. */
  weak: boolean;
}

/** A chain as people read it in a viewer, the leaf first; null when that cannot be parsed. */
export function readCertificates([der, ...rest]: readonly Buffer[]): ReadCertificate | null {
  if (!der) return null;
  return guarded(() => {
    const certificate = new X509Certificate(der);
    const along = rest.flatMap((one) => guarded(() => new X509Certificate(one)) ?? []);
    const bits = certificate.publicKey.asymmetricKeyDetails?.modulusLength ?? Infinity;
    return {
      // What cannot be parsed was sent all the same.
      view: { ...viewCertificates(certificate, along), chain: 1 + rest.length },
      weak: bits < 2048 || weakSignatures.some((oid) => der.includes(oid)),
    };
  });
}

/** MD5 and SHA-1 with RSA, SHA-1 with ECDSA, as DER has their identifiers. */
const weakSignatures = ['2a864886f70d010104', '2a864886f70d010105', '2a8648ce3d0401'].map((hex) =>
  Buffer.from(`06${(hex.length / 2).toString(16).padStart(2, '0')}${hex}`, 'hex'),
);

/** RFC 8446 6, with the older ones of RFC 5246. */
const alerts: Readonly<Record<number, string>> = {
  0: 'close_notify',
  10: 'unexpected_message',
  20: 'bad_record_mac',
  22: 'record_overflow',
  40: 'handshake_failure',
  42: 'bad_certificate',
  43: 'unsupported_certificate',
  44: 'certificate_revoked',
  45: 'certificate_expired',
  46: 'certificate_unknown',
  47: 'illegal_parameter',
  48: 'unknown_ca',
  49: 'access_denied',
  50: 'decode_error',
  51: 'decrypt_error',
  70: 'protocol_version',
  71: 'insufficient_security',
  80: 'internal_error',
  86: 'inappropriate_fallback',
  90: 'user_canceled',
  109: 'missing_extension',
  110: 'unsupported_extension',
  112: 'unrecognized_name',
  116: 'certificate_required',
  120: 'no_application_protocol',
};

export const alertName = (number: number): string => alerts[number] ?? `alert ${number}`;

/** `TLSv1.3`, as events have it. */
export const versionName = (version: number): string =>
  version === 0x0300 ? 'SSLv3' : version === 0x0301 ? 'TLSv1' : `TLSv1.${version - 0x0301}`;

function* extensionsIn(body: Buffer, from: number): Generator<{ type: number; value: Buffer }> {
  if (from + 2 > body.length) return;
  const end = Math.min(body.length, from + 2 + body.readUInt16BE(from));
  for (let at = from + 2; at + 4 <= end;) {
    const length = body.readUInt16BE(at + 2);
    yield { type: body.readUInt16BE(at), value: body.subarray(at + 4, Math.min(end, at + 4 + length)) };
    at += 4 + length;
  }
}

function namesIn(value: Buffer): string[] {
  const names: string[] = [];
  for (let at = 2; at < value.length; at += 1 + (value[at] ?? 0))
    names.push(value.toString('latin1', at + 1, at + 1 + (value[at] ?? 0)));
  return names;
}

/** Without the values that only test tolerance (GREASE, RFC 8701). */
function versionsIn(value: Buffer): number[] {
  const versions: number[] = [];
  for (let at = 1; at + 2 <= value.length; at += 2) versions.push(value.readUInt16BE(at));
  return versions.filter((version) => version >> 8 === 3);
}

function guarded<T>(read: () => T | null): T | null {
  try {
    return read();
  } catch {
    // A message that says more than it holds, or a certificate that is none.
    return null;
  }
}
