/** The proxy's way to a destination: resolve, dial, and keep what may be used again. */
import type { Duplex } from 'node:stream';

import { fail, ok } from '../failure.ts';
import type { Outcome } from '../failure.ts';
import { isAddress } from '../net/address.ts';
import { inRange } from '../range.ts';
import type { Connection } from '../net/connection.ts';
import { synSchedules } from '../net/net.ts';
import { errorAnswer } from './answer.ts';
import type { ProxyContext } from './context.ts';
import type { Refusal } from './exchange.ts';
import { formatAuthority } from './request.ts';
import type { Authority } from './request.ts';

/** A stream to a destination: the connection itself, or TLS over it. */
export interface Upstream {
  stream: Duplex;
  connection: Connection;
  /** It carried a request before; the destination may have closed it meanwhile. */
  reused: boolean;
  /** It waits in a pool. */
  idle?: boolean;
}

export type Dialled = { ok: true; value: Upstream } | { ok: false; failure: Refusal };

function prohibited({ pseudonym }: ProxyContext, ip: string): Dialled {
  const detail = `the address ${ip} is prohibited`;
  const answer = errorAnswer(pseudonym, 502, 'destination_ip_prohibited', detail, { 'next-hop': ip });
  return { ok: false, failure: { code: 'proxy.status', detail, answer } };
}

/** How long the proxy waits for a SYN to be answered; one minute is Squid's default. */
const connectTimeout = 60_000;

/** Tries the addresses of a name in order; the failure of the last one tried. */
export async function dial(context: ProxyContext, to: Authority): Promise<Dialled> {
  const destination = context.destination?.(to) ?? { story: to };
  if ('refused' in destination) return refused(context, destination.refused);
  if ('real' in destination) {
    const left = await destination.real(context.host);
    return left.ok ? ok({ stream: left.value, connection: left.value, reused: false }) : left;
  }
  return dialStory(context, destination.story);
}

function refused({ pseudonym }: ProxyContext, detail: string): Dialled {
  const answer = errorAnswer(pseudonym, 403, 'http_request_denied', detail);
  return { ok: false, failure: { code: 'proxy.status', detail, answer } };
}

async function dialStory(context: ProxyContext, { host, port }: Authority): Promise<Dialled> {
  const addresses = isAddress(host) ? ok([host]) : await context.resolve(host);
  if (!addresses.ok) return addresses;
  const banned = addresses.value.find((ip) => context.prohibited.some((range) => inRange(range, ip)));
  if (banned !== undefined) return prohibited(context, banned);
  let last: Outcome<Connection> = fail('dns.nodata', `${host} has no address`);
  for (const ip of addresses.value) {
    last = await dialOne(context, { ip, port });
    if (last.ok) return ok({ stream: last.value, connection: last.value, reused: false });
    if (context.signal.aborted) return last;
  }
  return last;
}

async function dialOne(context: ProxyContext, to: { ip: string; port: number }): Promise<Outcome<Connection>> {
  const { net, host, signal } = context;
  try {
    return await net.dial(host, to, { syn: synSchedules.linux, timeout: connectTimeout, signal });
  } catch (error) {
    if (signal.aborted) return fail('tcp.closed', 'the proxy stops');
    throw error;
  }
}

/** Idle streams by destination. A stream that ends, fails or speaks unasked while idle is dropped. */
export class Pool {
  readonly #idle = new Map<string, Upstream[]>();

  take(place: Authority): Upstream | undefined {
    const list = this.#idle.get(formatAuthority(place));
    for (let upstream = list?.pop(); upstream; upstream = list?.pop()) {
      upstream.idle = false;
      if (upstream.stream.destroyed) continue;
      upstream.reused = true;
      return upstream;
    }
    return undefined;
  }

  /**
   * Has it back for the next request to that place whenever node:http sets it free. It listens once, not each time: a
   * stream is used for many requests.
   */
  lend(place: Authority, upstream: Upstream): void {
    if (upstream.reused) return;
    const { stream } = upstream;
    const key = formatAuthority(place);
    const list = this.#idle.get(key) ?? [];
    this.#idle.set(key, list);
    let watched = false;
    const drop = (): void => {
      if (upstream.idle !== true) return;
      upstream.idle = false;
      list.splice(list.indexOf(upstream), 1);
      stream.destroy();
    };
    stream.on('free', () => {
      if (stream.destroyed || stream.readableEnded) return;
      // As node:http's own agent does, or the whole last request would live as long as the stream.
      (stream as { _httpMessage?: unknown })._httpMessage = null;
      upstream.idle = true;
      list.push(upstream);
      if (!watched) stream.on('end', drop).on('data', drop).on('close', drop);
      watched = true;
    });
  }

  destroy(): void {
    for (const list of this.#idle.values()) for (const { stream } of list.splice(0)) stream.destroy();
  }
}
