/**
 * `node:http` as the parser of requests on streams that were accepted elsewhere. It never listens, and all of its own
 * timers are off: how long anything takes is the scenario's business.
 */
import { ServerResponse, createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

import type { Clock } from '../clock.ts';
import type { Connection } from '../net/connection.ts';
import type { HeaderList } from '../trace/events.ts';
import { bodyOf, isQuestion } from './ocsp.ts';
import { siteNamed } from './places.ts';
import type { Place } from './places.ts';
import { send } from './send.ts';
import type { Visit } from './site.ts';

/** One accepted connection, and what TLS told about it. */
export interface Session {
  place: Place;
  connection: Connection;
  stream: Duplex;
  secure: boolean;
  serverName: string | null;
  clientCertificate: string | null;
  /** Asks for the client's certificate when a request has come; the subject of one that counts. */
  ask?: () => Promise<string | null>;
}

const largestHead = 128 * 1024;

export class Front implements AsyncDisposable {
  readonly #clock: Clock;
  readonly #server: Server;
  readonly #sessions = new WeakMap<Duplex, Session>();
  readonly #connections = new Set<Connection>();
  readonly #memories = new WeakMap<Duplex, Map<string, unknown>>();

  constructor({ clock }: { clock: Clock }) {
    this.#clock = clock;
    this.#server = createServer({ maxHeaderSize: largestHead, keepAliveTimeout: 0 });
    Object.assign(this.#server, {
      requestTimeout: 0,
      headersTimeout: 0,
      timeout: 0,
      // Answers a client that has closed its own direction; not in Node's documentation.
      httpAllowHalfOpen: true,
    });
    this.#server.on('request', (request, response) => {
      if (isQuestion(request)) {
        void bodyOf(request).then((body) => this.#visited(request, response, Promise.resolve(), body));
        return;
      }
      // The body is read and dropped; the answer waits for its end.
      request.resume();
      this.#visited(request, response, new Promise((resolve) => request.once('end', resolve)));
    });
    this.#server.on('connect', (request, stream: Duplex) => this.#connect(request, stream));
    this.#server.on('clientError', (error: NodeJS.ErrnoException, stream: Duplex) => {
      if (error.code === 'ECONNRESET' || !stream.writable) stream.destroy();
      else stream.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    });
  }

  /** Destroyed with the lab, whatever it is doing then. */
  own(connection: Connection): void {
    this.#connections.add(connection);
    connection.once('close', () => this.#connections.delete(connection));
  }

  serve(session: Session): void {
    this.#sessions.set(session.stream, session);
    this.#server.emit('connection', session.stream);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const connection of this.#connections) connection.destroy();
  }

  /** A client that takes this host for a proxy. Node's parser has let go of the stream by now. */
  #connect(request: IncomingMessage, stream: Duplex): void {
    const response = new ServerResponse(request);
    // A Duplex does for a socket here: it is only written to.
    response.assignSocket(stream as Parameters<typeof response.assignSocket>[0]);
    response.shouldKeepAlive = false;
    response.once('finish', () => stream.end());
    this.#visited(request, response, Promise.resolve());
  }

  /** `read` settles when the request is complete. */
  #visited(request: IncomingMessage, response: ServerResponse, read: Promise<void>, body?: Buffer): void {
    const session = this.#sessions.get(request.socket);
    if (!session) throw new Error('a request on a stream that was never accepted');
    const { ask, stream } = session;
    if (!ask) return this.#answer(session, request, response, read, body);
    void ask().then((clientCertificate) => {
      if (!stream.destroyed) this.#answer({ ...session, clientCertificate }, request, response, read, body);
    });
  }

  #memoryOf(stream: Duplex): Map<string, unknown> {
    const memory = this.#memories.get(stream) ?? new Map<string, unknown>();
    this.#memories.set(stream, memory);
    return memory;
  }

  #answer(
    session: Session,
    request: IncomingMessage,
    response: ServerResponse,
    read: Promise<void>,
    body?: Buffer,
  ): void {
    const { place, connection, stream, secure, serverName, clientCertificate } = session;
    const visit: Visit = {
      conn: connection.id,
      method: request.method ?? '',
      target: request.url ?? '',
      headers: pairs(request.rawHeaders),
      client: connection.remoteAddress,
      secure,
      outside: connection.fromOutside,
      clientCertificate,
      memory: this.#memoryOf(stream),
      body,
    };
    const site = siteNamed(place, hostOf(request), serverName);
    const said = site.visit(visit);
    // Node ends the stream itself only when the client's FIN comes after the answer.
    response.once('finish', () => {
      if (stream.readableEnded) stream.end();
    });
    const gone = new AbortController();
    const leave = (): void => gone.abort();
    stream.once('close', leave);
    const way = {
      response,
      stream,
      connection,
      clock: this.#clock,
      signal: gone.signal,
      method: visit.method,
      closes: !response.shouldKeepAlive,
      sent: (status: number, headers: HeaderList, length: number) => site.answered(visit, status, headers, length),
    };
    void read
      .then(() => send(said, way))
      .catch((error: unknown) => {
        if (!gone.signal.aborted) throw error;
      })
      .finally(() => stream.removeListener('close', leave));
  }
}

/** The Host header without its port. */
const hostOf = ({ headers }: IncomingMessage): string | undefined =>
  headers.host?.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');

const pairs = (raw: readonly string[]): HeaderList =>
  raw.flatMap((name, index): HeaderList => (index % 2 === 0 ? [[name, raw[index + 1] ?? '']] : []));
