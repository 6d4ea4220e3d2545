import { createHash, timingSafeEqual } from 'node:crypto';

import type { Chance } from '../../chance.ts';
import { quoted } from '../scheme.ts';
import type { AuthContext, AuthScheme, AuthVerdict } from '../scheme.ts';

/**
 * RFC 7616: MD5, SHA-256 and SHA-512-256, each also as `-sess`; qop `auth` and `auth-int`; nonces with a life, and
 * counts that must rise. A response without qop (RFC 2069) counts when the proxy offers none.
 */
export const digest: AuthScheme = {
  name: 'digest',
  summary: 'A hash over password and nonce.',
  challenge(on, { stale }) {
    const nonce = randomHex(on.chance);
    noncesOf(on).set(nonce, { born: on.now(), counts: new Set() });
    return on.digest.algorithms.map((algorithm) => challengeLine(on, algorithm, nonce, stale));
  },
  async check(credentials, on) {
    const said = parametersOf(credentials);
    const user = said.get('username') ?? '';
    const nonce = noncesOf(on).get(said.get('nonce') ?? '');
    if (!wellFormed(said, on) || !Object.hasOwn(on.accounts, user)) return { kind: 'refused' };
    const response = await expected(said, on.accounts[user] ?? '', on);
    if (response === undefined || !same(response, said.get('response') ?? '')) return { kind: 'refused' };
    return countOf(nonce, said, on, user);
  },
};

interface Nonce {
  /** Lab time. */
  born: number;
  /** The counts that were used. */
  counts: Set<string>;
}

/** The password is right; what is left is whether this nonce and its count may be used. */
function countOf(
  nonce: Nonce | undefined,
  said: ReadonlyMap<string, string>,
  on: AuthContext,
  user: string,
): AuthVerdict {
  if (!nonce || on.digest.alwaysStale || on.now() - nonce.born >= on.digest.nonceLife) return { kind: 'stale' };
  const count = said.get('qop') === undefined ? 'once' : `${said.get('cnonce')} ${said.get('nc')}`;
  // A client on several connections may use the counts out of order; none twice.
  if (nonce.counts.has(count)) return { kind: 'refused' };
  nonce.counts.add(count);
  return { kind: 'passed', user };
}

function challengeLine({ realm, digest: { qop } }: AuthContext, algorithm: string, nonce: string, stale: boolean) {
  const offered = qop.length === 0 ? '' : `, qop=${quoted(qop.join(', '))}`;
  return `Digest realm=${quoted(realm)}${offered}, algorithm=${algorithm}, nonce=${quoted(nonce)}${stale ? ', stale=true' : ''}`;
}

/** Everything but the hash: realm, algorithm and qop as offered, the target of this request, a count. */
function wellFormed(said: ReadonlyMap<string, string>, { realm, digest: offer, request }: AuthContext): boolean {
  const algorithm = said.get('algorithm') ?? 'MD5';
  const qop = said.get('qop');
  return (
    said.get('realm') === realm &&
    offer.algorithms.some((name) => name.toLowerCase() === algorithm.toLowerCase()) &&
    (qop === undefined ? offer.qop.length === 0 : offer.qop.includes(qop)) &&
    (qop === undefined || (/^[0-9a-f]{8}$/i.test(said.get('nc') ?? '') && said.has('cnonce'))) &&
    targets(request).includes(said.get('uri') ?? '')
  );
}

/** The target as the client wrote it; curl 7 hashes the path alone for plain requests, as towards an origin. */
const targets = ({ target, path, kind }: AuthContext['request']): string[] =>
  kind === 'connect' ? [target] : [target, path];

async function expected(
  said: ReadonlyMap<string, string>,
  password: string,
  { request, body }: AuthContext,
): Promise<string | undefined> {
  const get = (name: string): string => said.get(name) ?? '';
  const algorithm = (said.get('algorithm') ?? 'MD5').toUpperCase();
  const hash = hashOf(algorithm.replace(/-SESS$/, ''));
  const secret = hash(`${get('username')}:${get('realm')}:${password}`);
  const ha1 = algorithm.endsWith('-SESS') ? hash(`${secret}:${get('nonce')}:${get('cnonce')}`) : secret;
  const qop = said.get('qop');
  const content = qop === 'auth-int' ? await body() : Buffer.of();
  if (!content) return undefined;
  const ha2 = hash(`${request.method}:${get('uri')}${qop === 'auth-int' ? `:${hash(content)}` : ''}`);
  const middle = qop === undefined ? '' : `:${get('nc')}:${get('cnonce')}:${qop}`;
  return hash(`${ha1}:${get('nonce')}${middle}:${ha2}`);
}

const hashes: Record<string, string> = { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256' };

const hashOf =
  (algorithm: string) =>
  (content: string | Buffer): string =>
    createHash(hashes[algorithm] ?? 'md5')
      .update(content)
      .digest('hex');

const same = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other.toLowerCase()));

/** `name=token` and `name="quoted"`, names in lower case. */
function parametersOf(credentials: string): Map<string, string> {
  const pairs = credentials.matchAll(/([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g);
  return new Map(
    [...pairs].map(([, name = '', text, token = '']) => [name.toLowerCase(), text?.replace(/\\(.)/g, '$1') ?? token]),
  );
}

function noncesOf({ shared }: AuthContext): Map<string, Nonce> {
  const nonces = (shared.get('digest') as Map<string, Nonce> | undefined) ?? new Map<string, Nonce>();
  shared.set('digest', nonces);
  return nonces;
}

const randomHex = (chance: Chance): string => Array.from({ length: 32 }, () => chance.below(16).toString(16)).join('');
