/** Certificates as events show them: what a support engineer reads in a viewer, and nothing random. */
import type { X509Certificate } from 'node:crypto';

import type { CertificateView, ChainedCertificate } from './values.ts';

/** A chain as it was sent, the leaf first. */
export const viewCertificates = (leaf: X509Certificate, along: readonly X509Certificate[]): CertificateView => ({
  ...viewOne(leaf),
  chain: 1 + along.length,
  along: along.map(viewOne),
});

const viewOne = (certificate: X509Certificate): ChainedCertificate => ({
  subject: oneLine(certificate.subject),
  issuer: oneLine(certificate.issuer),
  names: alternativeNames(certificate),
  notBefore: new Date(certificate.validFrom).toISOString(),
  notAfter: new Date(certificate.validTo).toISOString(),
  key: keyOf(certificate),
});

/** `CN=public-ca, O=paclab`. */
const oneLine = (name: string | undefined): string => (name ?? '').trim().split('\n').join(', ');

const alternativeNames = ({ subjectAltName = '' }: X509Certificate): string[] =>
  subjectAltName
    .split(', ')
    .filter((name) => name !== '')
    .map((name) => name.replace(/^(DNS|IP Address):/, ''));

/** Names of curves as NIST has them, by those of OpenSSL. */
const curves: Readonly<Record<string, string>> = { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' };

/** Kind and size: `RSA 2048`, `EC P-256`, `ED25519`. */
function keyOf({ publicKey }: X509Certificate): string {
  const { asymmetricKeyType = 'unknown', asymmetricKeyDetails: { modulusLength, namedCurve } = {} } = publicKey;
  const size = modulusLength ?? (namedCurve === undefined ? undefined : (curves[namedCurve] ?? namedCurve));
  return `${asymmetricKeyType.toUpperCase()}${size === undefined ? '' : ` ${size}`}`;
}
