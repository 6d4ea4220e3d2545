/** OpenSSL contexts, kept: one costs a millisecond, a hundred times its leaf. */
import { PassThrough } from 'node:stream';
import { DEFAULT_CIPHERS, TLSSocket, createSecureContext } from 'node:tls';
import type { SecureContext, SecureVersion } from 'node:tls';

import type { Authority, Leaf } from './certificates.ts';

export interface ContextOptions {
  /** Lowest and highest version; TLS 1.2 and 1.3 when not given. */
  minVersion?: SecureVersion;
  maxVersion?: SecureVersion;
  /** OpenSSL's cipher list. */
  ciphers?: string;
  /** OpenSSL's list of signature algorithms: `ECDSA+SHA256:RSA+SHA256`. */
  signatures?: string;
  /** A server's that asks for certificates late: `tls-renegotiation.ts`. */
  renegotiable?: { secureOptions: number };
}

/** Named, so that a ClientHello is as large under every version of Node: newer ones add post-quantum key shares. */
const groups = 'X25519:P-256:P-384:P-521';

const bare = { certPem: '' };
const contexts = new WeakMap<object, Map<string, SecureContext>>();

/** `authorities` are named to the client as issuers of certificates it may send. */
export function contextFor(
  leaf: Leaf | null,
  options: ContextOptions,
  authorities: readonly Authority[] = [],
): SecureContext {
  const {
    minVersion = 'TLSv1.2',
    maxVersion = 'TLSv1.3',
    ciphers = DEFAULT_CIPHERS,
    signatures,
    renegotiable,
  } = options;
  const key = [
    minVersion,
    maxVersion,
    ciphers,
    signatures,
    renegotiable ? 'late' : '',
    ...authorities.map(({ pem }) => pem),
  ].join('|');
  const kept = contexts.get(leaf ?? bare) ?? new Map<string, SecureContext>();
  contexts.set(leaf ?? bare, kept);
  let context = kept.get(key);
  if (!context) {
    context = createSecureContext({
      minVersion,
      maxVersion,
      // Level 0, so that weak certificates and old versions are judged by the lab's clients and not by OpenSSL.
      ciphers: `${ciphers}:@SECLEVEL=0`,
      ecdhCurve: groups,
      ...(signatures !== undefined && { sigalgs: signatures }),
      // Without one, OpenSSL breaks off with whoever resumes a session where a certificate is asked for.
      sessionIdContext: 'paclab',
      ...renegotiable,
      // Never the machine's roots: who trusts whom is the lab's business.
      ca: authorities.map(({ pem }) => pem),
      ...(leaf && { cert: leaf.chainPem, key: leaf.keyPem }),
    });
    kept.set(key, context);
  }
  return context;
}

const heard = new WeakSet<SecureContext>();

/**
 * Makes a server's sockets tell their keys after they have changed to this context for the name the client sent:
 * OpenSSL asks the context, and Node sets up the one that a socket began with only.
 */
export function tellKeys(context: SecureContext): SecureContext {
  if (heard.has(context)) return context;
  heard.add(context);
  const socket = new TLSSocket(new PassThrough(), { isServer: true, secureContext: context });
  socket.on('keylog', () => undefined);
  socket.destroy();
  return context;
}
