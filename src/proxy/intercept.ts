/**
 * TLS interception: the client's handshake ends here, before a certificate made for the host of CONNECT; the proxy's
 * own handshake with the origin begins with the first request, and shows no client certificate, since only the client
 * has the key.
 */
import type { LeafFault } from '../net/certificates.ts';
import { acceptTls, dialTls } from '../net/tls.ts';
import { fail, ok } from '../failure.ts';
import type { Outcome } from '../failure.ts';
import type { Exchange } from './exchange.ts';
import { relay } from './tunnel.ts';
import { Pool, dial } from './upstream.ts';
import type { Upstream } from './upstream.ts';

export interface Interception {
  /** The authority that signs the substitutes. */
  ca: string;
  leaf?: LeafFault | undefined;
  /** Authorities that origins must be signed by. */
  trust: readonly string[];
}

export async function intercept(exchange: Exchange, { ca, leaf: fault, trust }: Interception): Promise<void> {
  const { context, leg, request } = exchange;
  const { host, port } = request;
  const upstream = await exchange.open();
  if (!upstream) return;
  // TLS in TLS: behind TLS to the proxy there is no connection to begin a handshake on.
  if (leg.stream !== leg.connection) {
    relay(leg, upstream);
    return;
  }
  const leaf = await context.pki.leaf({ names: [host], authority: ca, faults: fault ? [fault] : [] });
  const accepted = await acceptTls(leg.connection, { leaf, alpn: ['http/1.1'] }, context);
  if (!accepted.ok) {
    upstream.stream.destroy();
    return;
  }
  const { stream, serverName } = accepted.value;
  const pool = new Pool();
  let waiting: Upstream | undefined = upstream;
  stream.once('close', () => {
    pool.destroy();
    waiting?.stream.destroy();
  });
  context.enter({
    stream,
    connection: leg.connection,
    memory: leg.memory,
    inside: {
      origin: { host, port },
      serverName,
      pool,
      async dial() {
        const below = waiting ? ok(waiting) : await dial(context, request);
        waiting = undefined;
        return below.ok ? secure(exchange, below.value, trust) : below;
      },
    },
  });
}

async function secure(
  { context, request }: Exchange,
  { connection }: Upstream,
  trust: readonly string[],
): Promise<Outcome<Upstream>> {
  if (connection.destroyed) return fail('tcp.closed', 'the destination closed the connection');
  const options = { serverName: request.host, trust, alpn: ['http/1.1'] };
  const dialled = await dialTls(connection, options, context);
  return dialled.ok ? ok({ stream: dialled.value.stream, connection, reused: false }) : dialled;
}
