/** Certificates as events show them: what a support engineer reads in a viewer, and nothing random. */
import type { X509Certificate } from 'node:crypto';

import type { CertificateView } from '../trace/events.ts';

/** `chain` is how many certificates came along, the first included. */
export const viewCertificate = (certificate: X509Certificate, chain: number): CertificateView => ({
  subject: oneLine(certificate.subject),
  issuer: oneLine(certificate.issuer),
  names: alternativeNames(certificate),
  notBefore: new Date(certificate.validFrom).toISOString(),
  notAfter: new Date(certificate.validTo).toISOString(),
  chain,
});

/** `CN=public-ca, O=paclab`. */
const oneLine = (name: string | undefined): string => (name ?? '').trim().split('\n').join(', ');

const alternativeNames = ({ subjectAltName = '' }: X509Certificate): string[] =>
  subjectAltName
    .split(', ')
    .filter((name) => name !== '')
    .map((name) => name.replace(/^(DNS|IP Address):/, ''));
