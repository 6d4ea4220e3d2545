/**
 * Certificates of the pretend world, made on demand against the lab's date: authorities by name (`public-ca` for public
 * origins, `inspection-ca` for the proxy, `connector-ca` for the connector's client certificate, any other name as it
 * comes) and leaves, healthy or faulty. Keys and serials are truly random and never appear in an event.
 */
import { X509Certificate } from 'node:crypto';

import type { Activity } from '../activity.ts';
import { viewCertificates } from '../trace/certificate.ts';
import type { CertificateView } from '../trace/events.ts';
import { authorityNamed } from './certificates-authority.ts';
import type { Authority } from './certificates-authority.ts';
import { issue, distinguishedName, keyIdOf, leafKey } from './certificates-leaf.ts';
import type { Issuer, LeafFault } from './certificates-leaf.ts';
import { revocationOf } from './certificates-revocation.ts';
import type { Revocation } from './certificates-revocation.ts';

export { keptAuthorities } from './certificates-authority.ts';
export type { Authority, AuthorityStore } from './certificates-authority.ts';
export { leafFaults } from './certificates-leaf.ts';
export type { LeafFault } from './certificates-leaf.ts';
export type { Revocation } from './certificates-revocation.ts';

export interface LeafRequest {
  /** Host names and addresses; the first is the CN too. */
  names: readonly string[];
  /** The name of the authority that issues. */
  authority: string;
  usage?: 'server' | 'client';
  faults?: readonly LeafFault[];
  /** Issued by an intermediate, which is sent along. */
  intermediate?: boolean;
  /** Milliseconds since 1970; by default two days back and 45 on from the lab's day. */
  notBefore?: number;
  notAfter?: number;
}

export interface Leaf {
  /** The leaf alone, and with what is sent along: intermediates, never the root. */
  certPem: string;
  chainPem: string;
  keyPem: string;
  certificate: X509Certificate;
  view: CertificateView;
}

/** In milliseconds since 1970. */
export interface CertificateDates {
  notBefore: number;
  notAfter: number;
}

export interface Pki {
  authority(name: string): Promise<Authority>;
  leaf(request: LeafRequest): Promise<Leaf>;
  /** A client's certificate, issued by `connector-ca`; `dates` unless it is always a fresh one. */
  clientCertificate(name: string, faults?: readonly LeafFault[], dates?: CertificateDates): Promise<Leaf>;
  /** What an end trusts, from names of authorities and PEM texts. */
  trusted(trust: readonly string[]): Promise<X509Certificate[]>;
  /** What the authority of that name says of what it issued. */
  revocation(authority: string): Promise<Revocation>;
}

const day = 86_400_000;
// Back-dated against clients whose clock is behind; 45 days in view of the 47 that browsers will allow from 2029.
const backDated = 2 * day;
const valid = 45 * day;
const strangeAuthority = 'unknown-ca';
const leaves = new Map<string, Leaf>();

export interface PkiTools {
  date: () => number;
  activity: Activity;
  /** Authorities by name; those of this process unless given. */
  authorities?: ((name: string) => Promise<Authority>) | undefined;
}

/** `date` gives the lab's time in milliseconds since 1970; WebCrypto holds the lab's clock through `activity`. */
export function createPki({ date, activity, authorities = authorityNamed }: PkiTools): Pki {
  const authority = (name: string): Promise<Authority> => activity.during(authorities(name));
  const leaf = async (request: LeafRequest): Promise<Leaf> => {
    const issuer = await authority(request.faults?.includes('untrusted') ? strangeAuthority : request.authority);
    return cachedLeaf(withDates(request, date()), issuer);
  };
  return {
    authority,
    leaf,
    clientCertificate: (name, faults = [], dates) =>
      leaf({ names: [name], authority: 'connector-ca', usage: 'client', faults, ...dates }),
    trusted: async (trust) =>
      (
        await Promise.all(
          trust.map(async (entry) =>
            entry.includes('-----BEGIN') ? fromPem(entry) : [(await authority(entry)).certificate],
          ),
        )
      ).flat(),
    revocation: async (name) => {
      const own = await authority(name);
      return revocationOf({ authority: own, intermediate: () => intermediateOf(own).issuer, date });
    },
  };
}

const fromPem = (text: string): X509Certificate[] =>
  text
    .split(/(?=-----BEGIN CERTIFICATE-----)/)
    .filter((part) => part.startsWith('-----BEGIN CERTIFICATE-----'))
    .map((part) => new X509Certificate(part));

type Dated = LeafRequest & { notBefore: number; notAfter: number };

/** Whole days, so that every lab of the same day shares its leaves. */
function withDates(request: LeafRequest, now: number): Dated {
  const { faults = [] } = request;
  const today = Math.floor(now / day) * day;
  const [from, until] = faults.includes('expired')
    ? [today - valid, today - day]
    : faults.includes('not-yet-valid')
      ? [today + 2 * day, today + valid]
      : [today - backDated, today + valid];
  return { ...request, notBefore: request.notBefore ?? from, notAfter: request.notAfter ?? until };
}

function cachedLeaf(request: Dated, authority: Authority): Leaf {
  const key = JSON.stringify([authority.keyId.toString('hex'), request]);
  let leaf = leaves.get(key);
  if (!leaf) {
    leaf = makeLeaf(request, authority);
    leaves.set(key, leaf);
  }
  return leaf;
}

function makeLeaf(request: Dated, authority: Authority): Leaf {
  const { names, faults = [], usage = 'server', notBefore, notAfter } = request;
  const weak = faults.includes('weak');
  const { publicKey, privateKey } = leafKey(weak ? 'weak' : 'strong');
  const between = request.intermediate || faults.includes('missing-intermediate') ? intermediateOf(authority) : null;
  const said = faults.includes('wrong-name') ? ['another-host.example'] : names;
  const certificate = issue({
    commonName: said[0] ?? '',
    names: faults.includes('no-san') ? [] : said,
    issuer: faults.includes('self-signed') ? 'self' : (between?.issuer ?? authority),
    publicKey,
    key: privateKey,
    notBefore,
    notAfter,
    usage,
    digest: weak ? 'sha1' : 'sha256',
  });
  const certPem = certificate.toString();
  const along = between && !faults.includes('missing-intermediate') ? [between.certificate] : [];
  return {
    certPem,
    chainPem: [certificate, ...along].map(String).join(''),
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate,
    view: viewCertificates(certificate, along),
  };
}

interface Intermediate {
  certificate: X509Certificate;
  issuer: Issuer;
}
const intermediates = new Map<string, Intermediate>();

function intermediateOf(authority: Authority): Intermediate {
  const key = authority.keyId.toString('hex');
  let found = intermediates.get(key);
  if (!found) {
    const { publicKey, privateKey } = leafKey('intermediate');
    const commonName = `${authority.name} intermediate`;
    const certificate = issue({
      commonName,
      names: [],
      issuer: authority,
      publicKey,
      key: privateKey,
      notBefore: Date.parse(authority.certificate.validFrom),
      notAfter: Date.parse(authority.certificate.validTo),
      usage: 'authority',
      digest: 'sha256',
    });
    found = {
      certificate,
      issuer: { subject: distinguishedName(commonName), keyId: keyIdOf(publicKey), key: privateKey },
    };
    intermediates.set(key, found);
  }
  return found;
}
