/**
 * http-proxy 1.18.1 as a launcher of requests, and nothing more. Used as it comes it smuggles (its `deleteLength`
 * pass), merges and leaks headers, rewrites paths and crashes (its `proxyReq` event, `Trailer`). So it sees an empty
 * header list and a fixed path; when it hands over the fresh request, before anything is flushed, head and body are
 * ours. Never its `ws`, never its events.
 */
import type { Agent, ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import util from 'node:util';

import type { HeaderList } from '../trace/events.ts';

const httpProxy = await loadHttpProxy();

const target = { host: 'origin.invalid', port: 80 };
/** What http-proxy fills in and node:http copies at once; made anew, it costs as much as all the rest here. */
const outgoing = {};
const launcher = httpProxy.createProxyServer();
// Its passes are not in the type declarations; they have been a public field since 1.0. The one that sends is called by
// itself: others change the request, or the options that it would copy together anew each time.
const { webPasses } = launcher as unknown as { webPasses: ((...input: unknown[]) => void)[] };
const send = webPasses.find(({ name }) => name === 'stream');

export interface Launch {
  /** What the client sends, and where its answer goes: of HTTP/1.1, or one stream of HTTP/2. */
  client: Readable & { socket?: unknown };
  response: ServerResponse | Duplex;
  stream: Duplex;
  method: string;
  path: string;
  headers: HeaderList;
  /** Whether the client's message has a body, or the body itself when it was read before. */
  body: boolean | Buffer;
}

/** Sends the request on the given stream; the caller listens to what comes back. */
export function launch(order: Launch, failed: (error: Error) => void): ClientRequest {
  let launched: ClientRequest | undefined;
  const take = (request: ClientRequest): void => {
    launched = request;
    writeHead(request, order);
    if (order.body === true) order.client.pipe(request);
    else if (order.body === false) request.end();
    else request.end(order.body);
  };
  // With `selfHandleResponse` http-proxy looks only whether the response is finished.
  const how = {
    target,
    selfHandleResponse: true,
    ignorePath: true,
    toProxy: true,
    prependPath: false,
    ssl: outgoing,
    agent: agentOf(order.stream),
    buffer: { pipe: take },
  };
  send?.(blindTo(order), order.response, how, undefined, launcher, failed);
  if (!launched) throw new Error('http-proxy did not hand over its request');
  return launched;
}

/** The request as http-proxy may see it: no headers to copy, no path to rewrite, no events to act on. */
function blindTo({ client, method }: Launch): IncomingMessage {
  const blind = { method, url: '/', headers: {}, socket: client.socket ?? { destroyed: false }, on: () => blind };
  // That pass reads these five fields only.
  return blind as unknown as IncomingMessage;
}

/** An agent for one request on one stream; it may be used again when the answer is complete. */
const agentOf = (stream: Duplex): Agent => new AgentOfOne(stream) as unknown as Agent;

class AgentOfOne {
  readonly protocol = 'http:';
  readonly defaultPort = 80;
  readonly keepAlive = true;
  readonly #stream: Duplex;

  constructor(stream: Duplex) {
    this.#stream = stream;
  }

  addRequest(request: ClientRequest): void {
    request.onSocket(this.#stream as never);
  }
}

/**
 * Repeated fields keep their order, and all their case, only when the head is written from pairs. node:http takes
 * pairs in its constructor, which http-proxy owns, and in the method used here, which has not changed since 0.10. The
 * length is what it would find out itself if it wrote the head with the body.
 */
function writeHead(request: ClientRequest, { method, path, headers, body }: Launch): void {
  const open = request as unknown as {
    _contentLength: number | null;
    _storeHeader: (firstLine: string, headers: HeaderList) => void;
  };
  if (body !== true) open._contentLength = body === false ? 0 : body.length;
  open._storeHeader(`${method} ${path} HTTP/1.1\r\n`, headers);
}

/** http-proxy takes `util._extend` when it loads, which Node warns about from version 22 on. */
async function loadHttpProxy() {
  const legacy = util as unknown as { _extend: unknown };
  const kept = legacy._extend;
  legacy._extend = (target: object, source: object) => Object.assign(target, source);
  try {
    return (await import('http-proxy')).default;
  } finally {
    legacy._extend = kept;
  }
}
