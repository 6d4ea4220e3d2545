/** Sends what a site said: framed by `node:http`, timed by the lab's clock, cut where the scenario wants it cut. */
import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

import type { Clock } from '../clock.ts';
import type { Connection } from '../net/connection.ts';
import type { HeaderList } from '../trace/events.ts';
import type { Reply, Said } from './behaviour.ts';
import { headerOf } from './body.ts';
import { reasonOf } from './content.ts';

export interface Way {
  response: ServerResponse;
  /** What HTTP runs on, and the connection below it. */
  stream: Duplex;
  connection: Connection;
  clock: Clock;
  /** Aborted when the client or the lab goes away. */
  signal: AbortSignal;
  method: string;
  /** The client asked for the connection to end, or the protocol does not keep it. */
  closes: boolean;
  /** Hears of the head when it goes out: status, header fields, length of the body that goes with it. */
  sent: (status: number, headers: HeaderList, length: number) => void;
}

type Spoken = Extract<Said, { reply: unknown }>;

export async function send(said: Said, way: Way): Promise<void> {
  const { stream, connection, clock, signal } = way;
  if (said === 'silence') return;
  if (said === 'reset') connection.reset();
  else if (said === 'close') stream.end();
  else if ('bytes' in said) stream.end(said.bytes);
  else {
    if (said.after) await clock.sleep(said.after, signal);
    await speak(said, way);
  }
}

async function speak({ reply, cutAfter, bytesPerSecond }: Spoken, way: Way): Promise<void> {
  const { response, stream, method, sent } = way;
  const body = hasBody(method, reply.status) ? reply.body.subarray(0, cutAfter) : Buffer.alloc(0);
  const headers = framed(reply, { ...way, closes: way.closes || cutAfter !== undefined });
  sent(reply.status, headers, body.length);
  // What stands in the head is what the event says: neither Date nor Connection of Node's own.
  response.sendDate = false;
  response.removeHeader('connection');
  response.writeHead(reply.status, reply.reason ?? reasonOf(reply.status), headers.flat());
  if (bytesPerSecond !== undefined) await drip(body, bytesPerSecond, way);
  if (cutAfter !== undefined) {
    if (body.length > 0) response.write(body);
    else response.flushHeaders();
    stream.end();
  } else response.end(bytesPerSecond === undefined ? body : undefined);
}

/** One byte, or as many as a second brings, at a time. */
async function drip(body: Buffer, bytesPerSecond: number, { response, clock, signal }: Way): Promise<void> {
  const size = Math.max(1, Math.floor(bytesPerSecond));
  response.flushHeaders();
  for (let at = 0; at < body.length; at += size) {
    await clock.sleep((size * 1000) / bytesPerSecond, signal);
    response.write(body.subarray(at, at + size));
  }
}

const hasBody = (method: string, status: number): boolean =>
  method !== 'HEAD' && status >= 200 && status !== 204 && status !== 304;

/** RFC 9110 6.6.1: an origin says when it made the answer, by its own clock, which is the lab's. */
function framed({ status, headers, body }: Reply, { clock, closes }: Way): HeaderList {
  const date = new Date(Math.floor(clock.date() / 1000) * 1000).toUTCString();
  const own: HeaderList = [['Date', date]];
  const isFramed = ['content-length', 'transfer-encoding'].some((name) => headerOf(headers, name) !== undefined);
  if (!isFramed && status >= 200 && status !== 204) own.push(['Content-Length', String(body.length)]);
  if (closes && headerOf(headers, 'connection') === undefined) own.push(['Connection', 'close']);
  return [...headers, ...own];
}
