import { createHash } from 'node:crypto';

import type { Challenge } from './challenge.ts';
import type { AuthRequest, AuthSession, AuthTools, ClientScheme } from './scheme.ts';

/** RFC 7616 with qop auth, or without any as in RFC 2069; MD5 and SHA-256. auth-int is not offered by any client here. */
export const digest: ClientScheme = {
  name: 'digest',
  takes: ({ params }, { algorithms }) => algorithms.includes(algorithmOf(params)) && qopOf(params) !== null,
  begin(tools): AuthSession {
    let nonce: string | undefined;
    let count = 0;
    let known: Challenge | undefined;
    return {
      bound: false,
      next(challenge, request) {
        // The same nonce again without `stale` means that the credentials are wrong; so does a new one after an answer.
        const stale = challenge?.params.get('stale')?.toLowerCase() === 'true';
        if (challenge && known && !stale) return undefined;
        known = challenge ?? known;
        if (!known) return undefined;
        const fresh = known.params.get('nonce') ?? '';
        count = fresh === nonce ? count + 1 : 1;
        nonce = fresh;
        return answer(known, request, count, tools);
      },
    };
  },
};

function answer({ params }: Challenge, { method, target }: AuthRequest, count: number, tools: AuthTools): string {
  const { credentials, chance } = tools;
  const algorithm = algorithmOf(params);
  const hash = (text: string): string =>
    createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
      .update(text)
      .digest('hex');
  const realm = params.get('realm') ?? '';
  const nonce = params.get('nonce') ?? '';
  const cnonce = Array.from({ length: 16 }, () => chance.below(16).toString(16)).join('');
  const nc = count.toString(16).padStart(8, '0');
  const secret = hash(`${credentials.user}:${realm}:${credentials.password}`);
  const first = sessionOf(params) ? hash(`${secret}:${nonce}:${cnonce}`) : secret;
  const second = hash(`${method}:${target}`);
  const qop = qopOf(params);
  const response = hash(qop ? `${first}:${nonce}:${nc}:${cnonce}:${qop}:${second}` : `${first}:${nonce}:${second}`);
  const opaque = params.get('opaque');
  const named = params.get('algorithm');
  return `Digest ${[
    `username=${quoted(credentials.user)}`,
    `realm=${quoted(realm)}`,
    `nonce=${quoted(nonce)}`,
    `uri=${quoted(target)}`,
    ...(named === undefined ? [] : [`algorithm=${named}`]),
    `response="${response}"`,
    ...(opaque === undefined ? [] : [`opaque=${quoted(opaque)}`]),
    ...(qop ? [`qop=${qop}`, `nc=${nc}`, `cnonce="${cnonce}"`] : []),
  ].join(', ')}`;
}

const algorithmOf = (params: Challenge['params']): string =>
  (params.get('algorithm') ?? 'MD5').toUpperCase().replace(/-SESS$/, '');

const sessionOf = (params: Challenge['params']): boolean => /-sess$/i.test(params.get('algorithm') ?? '');

/** `auth`, nothing where the proxy asks for none, null where it asks for what cannot be had. */
function qopOf(params: Challenge['params']): 'auth' | '' | null {
  const offered = params.get('qop');
  if (offered === undefined) return '';
  return offered.split(',').some((word) => word.trim().toLowerCase() === 'auth') ? 'auth' : null;
}

const quoted = (text: string): string => `"${text.replace(/["\\]/g, (character) => `\\${character}`)}"`;
