/**
 * Whether a peer's certificate is acceptable, against the lab's own date: OpenSSL would ask the machine's clock. In the
 * order in which browsers report it: who signed, for whom, when.
 */
import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

import { fail, ok } from '../failure.ts';
import type { Outcome } from '../failure.ts';
import { signedWithSha1 } from './certificates-leaf.ts';

export interface Expected {
  trusted: readonly X509Certificate[];
  /** Milliseconds since 1970, of the lab. */
  date: number;
  /** Name or address the first certificate must have in its SAN; null when any will do. */
  name: string | null;
  /** A certificate without names in its SAN counts for the name in its subject. */
  commonName?: boolean | undefined;
}

const longestPath = 8;
const shortestRsa = 2048;

/** `sent` is what the peer sent, its own certificate first. */
export function verifyPeer(sent: readonly X509Certificate[], expected: Expected): Outcome<void> {
  const [leaf] = sent;
  if (!leaf) return fail('tls.untrusted', 'the peer sent no certificate');
  const path = pathToRoot(leaf, sent, expected.trusted);
  if (!path) return fail('tls.untrusted', unknownIssuer(leaf, sent));
  const weakness = weaknessOf(leaf);
  if (weakness) return fail('tls.weak', weakness);
  if (expected.name !== null && !names(leaf, expected.name, expected.commonName === true ? 'default' : 'never')) {
    const said = leaf.subjectAltName ? `is for ${leaf.subjectAltName}` : 'has no subject alternative name';
    return fail('tls.name', `the certificate ${said}, not for ${expected.name}`);
  }
  for (const certificate of path) {
    const problem = datesProblem(certificate, expected.date);
    if (problem) return fail('tls.expired', problem);
  }
  return ok(undefined);
}

/** The certificates from the leaf to a trusted root, the root included; undefined when no path leads there. */
function pathToRoot(
  leaf: X509Certificate,
  sent: readonly X509Certificate[],
  trusted: readonly X509Certificate[],
): X509Certificate[] | undefined {
  const path = [leaf];
  let last = leaf;
  while (path.length < longestPath) {
    const root = trusted.find((candidate) => issuedBy(last, candidate));
    if (root) return [...path, root];
    const next = sent.find((candidate) => !path.includes(candidate) && issuedBy(last, candidate));
    if (!next) return undefined;
    path.push(next);
    last = next;
  }
  return undefined;
}

const issuedBy = (certificate: X509Certificate, issuer: X509Certificate): boolean =>
  issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);

const names = (certificate: X509Certificate, name: string, subject: 'default' | 'never'): boolean =>
  isIP(name) === 0 ? certificate.checkHost(name, { subject }) !== undefined : certificate.checkIP(name) !== undefined;

function unknownIssuer(leaf: X509Certificate, sent: readonly X509Certificate[]): string {
  if (leaf.verify(leaf.publicKey)) return 'the certificate is self-signed';
  const last = sent.at(-1) ?? leaf;
  return `nothing trusted issued the certificate; its issuer is ${last.issuer.split('\n').join(', ')}`;
}

function weaknessOf(leaf: X509Certificate): string | undefined {
  const { modulusLength = shortestRsa } = leaf.publicKey.asymmetricKeyDetails ?? {};
  if (modulusLength < shortestRsa) return `the certificate has a weak key: RSA of ${modulusLength} bits`;
  return signedWithSha1(leaf) ? 'the certificate has a weak signature: SHA-1' : undefined;
}

function datesProblem({ validFrom, validTo, subject }: X509Certificate, date: number): string | undefined {
  const who = (subject ?? 'the certificate').split('\n').join(', ');
  const at = new Date(date).toISOString();
  if (date < Date.parse(validFrom)) return `${who} is valid from ${new Date(validFrom).toISOString()}; it is ${at}`;
  if (date > Date.parse(validTo)) return `${who} ended ${new Date(validTo).toISOString()}; it is ${at}`;
  return undefined;
}
