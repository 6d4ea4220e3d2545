/**
 * TLS interception: the client's handshake ends here, before a certificate made for the host of CONNECT; the proxy's
 * own handshake with the origin begins with the first request, and shows no client certificate, since only the client
 * has the key.
 */
import type { LeafFault } from '../net/certificates.ts';
import type { ContextOptions } from '../net/tls-context.ts';
import { acceptTls, dialTls } from '../net/tls.ts';
import { fail, ok } from '../failure.ts';
import type { Outcome } from '../failure.ts';
import type { Leg } from './context.ts';
import { peekHello } from './client-hello.ts';
import { downgradedHello } from './server-hello.ts';
import { finish } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import { relay, reset } from './tunnel.ts';
import { Pool, dial } from './upstream.ts';
import type { Upstream } from './upstream.ts';

export interface TlsLimits {
  minVersion?: ContextOptions['minVersion'] | undefined;
  maxVersion?: ContextOptions['maxVersion'] | undefined;
  /** OpenSSL's cipher list. */
  ciphers?: string | undefined;
  /** OpenSSL's list of signature algorithms. */
  signatures?: string | undefined;
}

export interface Interception {
  /** The authority that signs the substitutes. */
  ca: string;
  leaf?: LeafFault | undefined;
  /** The name in the substitutes; that of CONNECT when absent. */
  name?: string | undefined;
  /** Authorities that origins must be signed by. */
  trust: readonly string[];
  alpn: 'h2' | 'http/1.1' | 'none';
  clientCertificate: 'none' | 'accept' | 'required';
  /** The largest ClientHello it can read, and what it does to a larger one. */
  hello?: { limit: number; then: 'reset' | 'hang' } | undefined;
  /** Answers the ClientHello as {@link downgradedHello} does. */
  downgrade: boolean;
  toClient: TlsLimits;
  toOrigin: TlsLimits;
}

export async function intercept(exchange: Exchange, options: Interception): Promise<void> {
  const { context, leg, request } = exchange;
  const { host, port } = request;
  const upstream = await exchange.open();
  if (!upstream) return;
  // TLS in TLS: behind TLS to the proxy there is no connection to begin a handshake on.
  if (leg.stream !== leg.connection) {
    relay(leg, upstream);
    return;
  }
  const stream = await unwrap(exchange, options);
  if (!stream) {
    upstream.stream.destroy();
    return;
  }
  const pool = new Pool();
  let waiting: Upstream | undefined = upstream;
  const leave = (): void => {
    pool.destroy();
    waiting?.stream.destroy();
  };
  if (stream.stream.destroyed) return leave();
  stream.stream.once('close', leave);
  context.enter({
    stream: stream.stream,
    connection: leg.connection,
    memory: leg.memory,
    inside: {
      origin: { host, port },
      serverName: stream.serverName,
      pool,
      async dial() {
        const below = waiting ? ok(waiting) : await dial(context, request);
        waiting = undefined;
        return below.ok ? secure(exchange, below.value, options) : below;
      },
    },
  });
}

type Unwrapping = Pick<Interception, 'ca' | 'leaf' | 'name' | 'alpn' | 'clientCertificate' | 'hello' | 'toClient'> &
  Partial<Pick<Interception, 'downgrade'>>;

/** The client's handshake; undefined when it failed, or its first message was too much. */
export async function unwrap({ context, leg, request }: Exchange, options: Unwrapping) {
  const { ca, leaf: fault, name = request.host, alpn, clientCertificate, hello, toClient } = options;
  const first = hello || options.downgrade === true ? await peekHello(leg.connection) : undefined;
  if (first && hello && first.size > hello.limit) {
    if (hello.then === 'reset') reset(leg);
    else hearOut(leg);
    return undefined;
  }
  if (options.downgrade === true) {
    if (first) leg.stream.write(downgradedHello());
    hearOut(leg);
    return undefined;
  }
  const leaf = await context.pki.leaf({ names: [name], authority: ca, faults: fault ? [fault] : [] });
  if (leg.connection.readableEnded) {
    finish(leg);
    return undefined;
  }
  const protocols = { h2: ['h2', 'http/1.1'], 'http/1.1': ['http/1.1'], none: undefined }[alpn];
  const accepted = await acceptTls(
    leg.connection,
    { leaf, ...(protocols && { alpn: protocols }), clientCertificate, ...given(toClient) },
    context,
  );
  return accepted.ok ? accepted.value : undefined;
}

/** Says nothing more until the client has left. */
function hearOut({ stream }: Leg): void {
  if (stream.readableEnded) stream.end();
  else stream.once('end', () => stream.end()).resume();
}

/** Without the keys that are there and undefined. */
const given = ({ minVersion, maxVersion, ciphers, signatures }: TlsLimits) => ({
  ...(minVersion && { minVersion }),
  ...(maxVersion && { maxVersion }),
  ...(ciphers && { ciphers }),
  ...(signatures && { signatures }),
});

async function secure(
  { context, request }: Exchange,
  { connection }: Upstream,
  { trust, toOrigin }: Interception,
): Promise<Outcome<Upstream>> {
  if (connection.destroyed) return fail('tcp.closed', 'the destination closed the connection');
  const options = { serverName: request.host, trust, alpn: ['http/1.1'], ...given(toOrigin) };
  const dialled = await dialTls(connection, options, context);
  return dialled.ok ? ok({ stream: dialled.value.stream, connection, reused: false }) : dialled;
}
