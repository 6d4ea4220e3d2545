/** The handshake of one end, from the first byte to the event that says how it ended. */
import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';

import type { Clock } from '../clock.ts';
import { fail, ok } from '../failure.ts';
import type { Failure, Outcome } from '../failure.ts';
import { viewCertificates } from '../trace/certificate.ts';
import type { CertificateView } from '../trace/events.ts';
import type { Pen } from '../trace/trace.ts';
import type { Connection } from './connection.ts';
import { alertReceived, alertSent, tlsFailure } from './tls-failure.ts';

export interface TlsConnection {
  /** Plain text. Half-close is kept; destroying it destroys the connection below. */
  readonly stream: TLSSocket;
  readonly connection: Connection;
  /** `TLSv1.3`. */
  readonly version: string;
  readonly cipher: string;
  readonly alpn: string | null;
  /** What the client sent as SNI. */
  readonly serverName: string | null;
  readonly peer: CertificateView | null;
  /** Why the peer's certificate does not count, where it was asked for but not required. */
  readonly peerFailure: Failure | null;
  /** RST on the connection below; a TLS socket cannot do it. */
  reset(): void;
}

/** One end of a handshake that is under way. */
export interface End {
  role: 'client' | 'server';
  socket: TLSSocket;
  connection: Connection;
  serverName: () => string | null;
  /** The certificate this end shows when asked. */
  own: () => CertificateView | null;
  /** Judges what the peer sent; called only when it sent something. */
  verify: (sent: readonly X509Certificate[]) => Outcome<void>;
  /** Whether a certificate that does not count ends the handshake. */
  strict: boolean;
  /** A client that has no certificate: whether it was asked for one. */
  asked?: (() => boolean) | undefined;
  peerCertificates: () => X509Certificate[];
  timeout?: number | undefined;
}

interface Failed {
  failure: Failure;
  alert?: string | null;
  peer?: CertificateView | null;
}

export function handshake(end: End, { pen, clock }: { pen: Pen; clock: Clock }): Promise<Outcome<TlsConnection>> {
  const { role, socket, connection, timeout } = end;
  if (connection.keepsKeys) {
    socket.on('keylog', (line: Buffer) =>
      pen.write('tls.keys', { conn: connection.id, line: line.toString('latin1').trim() }),
    );
  }
  return new Promise((resolve) => {
    let pending = true;
    const settle = (outcome: Outcome<TlsConnection>): void => {
      pending = false;
      callOff?.();
      resolve(outcome);
    };
    const failed = ({ failure, alert = null, peer = null }: Failed): void => {
      pen.write('tls.failed', {
        conn: connection.id,
        role,
        serverName: end.serverName(),
        ...failure,
        alert,
        peer,
      });
      connection.destroy();
      settle(fail(failure.code, failure.detail));
    };
    const callOff =
      timeout === undefined || !Number.isFinite(timeout)
        ? undefined
        : clock.after(timeout, () => {
            if (pending) failed({ failure: { code: 'http.timeout', detail: `no TLS handshake within ${timeout} ms` } });
          });
    socket.once(role === 'client' ? 'secureConnect' : 'secure', () => {
      if (pending) finish(end, pen, { settle, failed });
    });
    socket.on('error', (error) => {
      const alert = alertReceived(error);
      // After the client's own handshake only TLS 1.3 sends an alert: it did not like the client's certificate.
      if (!pending && role === 'server') return;
      if (!pending && !alert) return;
      const { code, detail } = failureOf(error, connection);
      const missed = alert !== null && end.asked?.() === true;
      const failure = { code, detail: missed ? `without the certificate it asked for, ${detail}` : detail };
      failed({ failure, alert: alert ?? alertSent(error, socket.getProtocol()) });
    });
    socket.once('end', () => {
      if (pending) failed({ failure: tlsFailure(new Error('closed')) });
    });
    // A TLS socket on a stream hears that the stream closed, not why.
    connection.once('error', (error) => socket.destroy(error));
    // Destroyed by this side, or reset: nobody else will say so.
    const gone = (): void => {
      if (!pending) return;
      if (connection.errored) failed({ failure: failureOf(connection.errored, connection) });
      else settle(fail('tcp.closed', 'this side dropped the connection'));
    };
    socket.once('close', gone);
    // Before the handshake began: a TLS socket on it would hear nothing any more.
    if (connection.destroyed) {
      socket.destroy();
      gone();
    }
  });
}

interface Endings {
  settle: (outcome: Outcome<TlsConnection>) => void;
  failed: (failed: Failed) => void;
}

/** The messages are exchanged; what remains is to judge the peer. In one turn, so that the order of events is kept. */
function finish(end: End, pen: Pen, { settle, failed }: Endings): void {
  const { socket, connection, role } = end;
  const sent = end.peerCertificates();
  const [leaf, ...along] = sent;
  const peer = leaf ? viewCertificates(leaf, along) : null;
  const judged = sent.length > 0 ? end.verify(sent) : ok(undefined);
  if (!judged.ok && end.strict) return failed({ failure: judged.failure, peer });
  const seen = {
    serverName: end.serverName(),
    version: socket.getProtocol() ?? '',
    cipher: socket.getCipher().standardName,
    alpn: socket.alpnProtocol || null,
    peer,
  };
  pen.write('tls.established', { conn: connection.id, role, ...seen, own: end.own() });
  settle(
    ok({
      stream: socket,
      connection,
      ...seen,
      peerFailure: judged.ok ? null : judged.failure,
      reset() {
        connection.reset();
        socket.destroy();
      },
    }),
  );
}

/** A FIN and a RST look alike to a TLS socket; the connection below knows. */
const failureOf = (error: Error, connection: Connection): Failure =>
  connection.errored ? { code: 'tcp.reset', detail: 'the peer reset the connection' } : tlsFailure(error);
