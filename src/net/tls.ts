/**
 * Real TLS on a {@link Connection}, both ends. OpenSSL does the handshake and sends the alerts; who is trusted, for
 * which name and at which date is decided here, by the lab's clock.
 *
 * Order of events: each end writes in the same turn in which its handshake ends, so that before TLS 1.3 the server is
 * first, and from TLS 1.3 on the client is (it sends the last message). A client that rejects the certificate sends
 * nothing more and closes, since Node lets no client send that alert; under TLS 1.3 the server's handshake then fails
 * too, under TLS 1.2 it had already ended well.
 */
import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket, connect } from 'node:tls';
import type { DetailedPeerCertificate } from 'node:tls';

import type { Clock } from '../clock.ts';
import type { Outcome } from '../failure.ts';
import type { Pen } from '../trace/trace.ts';
import type { Leaf, Pki } from './certificates.ts';
import type { Connection } from './connection.ts';
import { inSight } from './in-sight.ts';
import { watchAsked } from './tls-asked.ts';
import { contextFor, tellKeys } from './tls-context.ts';
import type { ContextOptions } from './tls-context.ts';
import { handshake } from './tls-handshake.ts';
import type { TlsConnection } from './tls-handshake.ts';
import { verifyPeer } from './tls-verify.ts';

export { tlsFailure } from './tls-failure.ts';
export type { TlsConnection } from './tls-handshake.ts';

export interface TlsTools {
  /** In the name of the part that holds this end. */
  pen: Pen;
  clock: Clock;
  pki: Pki;
}

interface CommonOptions extends ContextOptions {
  /** Protocols of the application, the preferred one first: `http/1.1`. */
  alpn?: readonly string[];
  /** Limit of the handshake in milliseconds of lab time; none when not given, or Infinity. */
  timeout?: number;
}

export interface AcceptTlsOptions extends CommonOptions {
  /** Shown when the client names no server, or one that `leafFor` does not know. */
  leaf: Leaf;
  leafFor?: (serverName: string) => Leaf | undefined | Promise<Leaf | undefined>;
  /** `required` refuses a client without one by the alert of the protocol; `accept` asks and lets it pass. */
  clientCertificate?: 'none' | 'accept' | 'required';
  /** Names of the authorities whose client certificates count. */
  clientAuthorities?: readonly string[];
}

export interface DialTlsOptions extends CommonOptions {
  /** The name or address the certificate must have; a name is also sent as SNI. */
  serverName: string;
  /** Names of authorities, or PEM. */
  trust: readonly string[];
  /** A certificate without names in its SAN counts for the name in its subject. */
  commonName?: boolean | undefined;
  /** The client's own certificate, sent when the server asks for one; `own` in the event either way, Node does not tell. */
  certificate?: Leaf;
  /** What to speak on instead of the connection itself: TLS to a proxy, so that this is TLS in TLS. */
  over?: Duplex;
}

// Taken by every TLS socket, missing from the types.
const halfOpen: object = { allowHalfOpen: true };

/** The server's side. A refused handshake is an outcome; the connection is destroyed then. */
export async function acceptTls(
  connection: Connection,
  options: AcceptTlsOptions,
  tools: TlsTools,
): Promise<Outcome<TlsConnection>> {
  const { leaf, leafFor, clientCertificate = 'none', alpn } = options;
  const authorities = await Promise.all((options.clientAuthorities ?? []).map((name) => tools.pki.authority(name)));
  let shown = leaf;
  const socket = new TLSSocket(inSight(connection), {
    isServer: true,
    ...halfOpen,
    secureContext: contextFor(leaf, options, authorities),
    requestCert: clientCertificate !== 'none',
    rejectUnauthorized: clientCertificate === 'required',
    ...(alpn && { ALPNProtocols: alpnWire(alpn) }),
    ...(leafFor && {
      SNICallback: (name, done) => {
        void chosen(leafFor, name).then(({ found = leaf, error = null }) => {
          shown = found;
          const context = contextFor(found, options, authorities);
          done(error, connection.keepsKeys ? tellKeys(context) : context);
        });
      },
    }),
  });
  const trusted = authorities.map(({ certificate }) => certificate);
  return handshake(
    {
      ...endOf(socket, connection, options, trusted),
      role: 'server',
      serverName: () => socket.servername || null,
      own: () => shown.view,
      verify: (sent) => verifyPeer(sent, { trusted, date: tools.clock.date(), name: null }),
      strict: clientCertificate === 'required',
    },
    tools,
  );
}

/** The client's side: the handshake, then chain, name and dates against the lab's date. */
export async function dialTls(
  connection: Connection,
  options: DialTlsOptions,
  tools: TlsTools,
): Promise<Outcome<TlsConnection>> {
  const { serverName, certificate = null, alpn, over = inSight(connection) } = options;
  // What runs through TLS to a proxy cannot be seen here.
  const asked = certificate || options.over ? undefined : watchAsked(connection);
  const trusted = await tools.pki.trusted(options.trust);
  // RFC 6066 3: a literal address is no server name.
  const sni = isIP(serverName) === 0 ? serverName : null;
  const socket = connect({
    socket: over,
    ...halfOpen,
    // Node would ask the machine's clock and roots.
    rejectUnauthorized: false,
    servername: sni ?? '',
    secureContext: contextFor(certificate, options),
    ...(alpn && { ALPNProtocols: [...alpn] }),
  });
  return handshake(
    {
      ...endOf(socket, connection, options, []),
      role: 'client',
      serverName: () => sni,
      own: () => certificate?.view ?? null,
      verify: (sent) =>
        verifyPeer(sent, { trusted, date: tools.clock.date(), name: serverName, commonName: options.commonName }),
      strict: true,
      asked,
    },
    tools,
  );
}

const endOf = (
  socket: TLSSocket,
  connection: Connection,
  { timeout }: CommonOptions,
  own: readonly X509Certificate[],
) => ({
  socket,
  connection,
  timeout,
  peerCertificates: () => sentBy(socket, own),
});

async function chosen(
  leafFor: NonNullable<AcceptTlsOptions['leafFor']>,
  name: string,
): Promise<{ found?: Leaf; error?: Error }> {
  try {
    const found = await leafFor(name);
    return found ? { found } : {};
  } catch (error) {
    return { error: error as Error };
  }
}

/**
 * What the peer sent, its own certificate first. Node goes on with issuers that this end has itself: those `own`
 * authorities have not come over the wire.
 */
export function sentBy(socket: TLSSocket, own: readonly X509Certificate[]): X509Certificate[] {
  const sent: X509Certificate[] = [];
  let next: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  // A self-signed certificate is its own issuer; a peer that sent none gives an empty object.
  while (next?.raw && !sent.some((certificate) => certificate.raw.equals(next?.raw ?? Buffer.of()))) {
    const { raw }: DetailedPeerCertificate = next;
    if (sent.length > 0 && own.some((authority) => authority.raw.equals(raw))) break;
    sent.push(new X509Certificate(raw));
    next = next.issuerCertificate;
  }
  return sent;
}

/** RFC 7301 3.1: each name with its length before it. */
const alpnWire = (protocols: readonly string[]): Buffer =>
  Buffer.concat(protocols.map((name) => Buffer.concat([Buffer.of(name.length), Buffer.from(name)])));
