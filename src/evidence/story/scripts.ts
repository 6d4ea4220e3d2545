/** The search for a proxy script and its download, as the wire shows them: questions for wpad, GETs, and what came. */
import { createHash } from 'node:crypto';
import { gunzipSync, inflateSync, brotliDecompressSync } from 'node:zlib';

import { header } from '../../trace/view.ts';
import type { Answer, Connection, Exchange } from '../connection.ts';
import type { Write } from '../draft.ts';
import { beside } from '../slot.ts';
import type { Slot } from '../slot.ts';
import type { Asked } from './names.ts';
import { outcomeOf } from './outcome.ts';
import { isScriptDial } from './tries.ts';
import { failureOfDial } from './wire.ts';
import { hostOf, isForProxy, isForScript, proxyBehind } from './world.ts';
import type { World } from './world.ts';

export function writeScripts(world: World, write: Write): void {
  for (const search of searchesIn(world)) writeSearch(search, write);
  for (const connection of world.connections) {
    if (proxyBehind(world, connection) !== undefined || !isScriptDial(world, connection)) continue;
    const asked = connection.exchanges.filter((exchange) => isForScript(exchange) && !isForProxy(exchange));
    if (asked.length === 0) writeVain(world, connection, write);
    for (const exchange of asked) writeDownload(world, connection, exchange, write);
  }
}

/** A client that asks for wpad by several names in a row makes one search. */
const rowMs = 10_000;

function searchesIn({ names }: World): Asked[][] {
  const searches: Asked[][] = [];
  for (const asked of names.asked) {
    if (!/^wpad(\.|$)/i.test(asked.name) || asked.failure === undefined) continue;
    const before = searches.findLast(([first]) => first?.client === asked.client);
    const last = before?.at(-1);
    // A name that was found ends a search; asked for again at once, it is the one for the download.
    if (last && last.failure !== null && asked.first.at - last.done.at < rowMs) before?.push(asked);
    else if (!last || last.failure !== null || !isDownloads(last, asked)) searches.push([asked]);
  }
  return searches;
}

const isDownloads = (last: Asked, next: Asked): boolean =>
  last.name.toLowerCase() === next.name.toLowerCase() && next.first.at - last.done.at < 1000;

function writeSearch(search: Asked[], write: Write): void {
  const [first] = search as [Asked, ...Asked[]];
  const last = search.at(-1) ?? first;
  const { client } = first;
  const by = `client:${client}`;
  write(beside(first.first, -5), by, 'discovery.started', { client, source: 'dns', name: first.name });
  const found = last.failure === null;
  write(beside(last.done, 3), by, 'discovery.finished', {
    client,
    source: 'dns',
    url: found ? `http://${last.name}/wpad.dat` : null,
    reason: found ? null : `${search.map(({ name }) => name).join(', ')}: ${last.failure}`,
  });
}

/** No connection, or one on which nothing was asked. */
function writeVain(world: World, connection: Connection, write: Write): void {
  const { fromIp: client, state, id } = connection;
  const host = hostOf(world, connection) ?? connection.toIp;
  const { end, failure, detail } = outcomeOf(world, connection);
  if (failure === undefined || failure === null) return;
  write(beside(end, 4), `client:${client}`, 'pac.fetched', {
    client,
    url: `http://${host}/wpad.dat`,
    conn: failureOfDial(state) ? null : id,
    status: null,
    bytes: 0,
    begins: '',
    type: null,
    accepted: false,
    failure,
    reason: detail,
  });
}

function writeDownload(world: World, connection: Connection, exchange: Exchange, write: Write): void {
  const { answer, malformed, target } = exchange;
  const { fromIp: client, id: conn, toPort } = connection;
  const by = `client:${client}`;
  const said = (header(exchange.headers, 'host') ?? '').replace(/:80$/, '');
  const place = said === '' ? `${connection.toIp}${toPort === 80 ? '' : `:${toPort}`}` : said;
  const url = `${exchange.secure ? 'https' : 'http'}://${place}${target}`;
  if (!answer) {
    const { end, failure, detail } = malformed
      ? { end: malformed.slot, failure: 'http.malformed', detail: malformed.says }
      : outcomeOf(world, connection);
    if (failure === undefined || failure === null) return;
    const nothing = { status: null, bytes: 0, begins: '', type: null, accepted: false };
    write(beside(end, 4), by, 'pac.fetched', { client, url, conn, ...nothing, failure, reason: detail });
    return;
  }
  const read = readScript(connection, answer);
  const end = cutSlot(connection, answer);
  write(beside(end, 4), by, 'pac.fetched', {
    client,
    url,
    conn,
    status: answer.status,
    bytes: answer.length,
    begins: read.bytes.subarray(0, 16).toString('hex'),
    type: header(answer.headers, 'content-type') ?? null,
    accepted: read.reason === null,
    failure: read.failure,
    reason: read.reason,
  });
  if (read.reason !== null) return;
  write(beside(end, 5), by, 'pac.loaded', {
    client,
    url,
    sha256: createHash('sha256').update(read.bytes).digest('hex'),
    charset: read.charset,
    length: read.text.length,
    text: read.text.slice(0, 65_536),
  });
}

/** What was cut short ends with its connection. */
const cutSlot = ({ ends }: Connection, { complete, done }: Answer): Slot => (complete ? done : (ends[0]?.slot ?? done));

interface Read {
  bytes: Buffer;
  text: string;
  charset: string;
  failure: string | null;
  reason: string | null;
}

/** Whether a client can have taken it: a status of 200, the whole of it, and the function that every client calls. */
function readScript({ ends }: Connection, answer: Answer): Read {
  const bytes = decoded(answer);
  const charset = charsetOf(bytes);
  const text = new TextDecoder(charset === 'iso-8859-1' ? 'latin1' : charset).decode(bytes);
  const no = (failure: string, reason: string): Read => ({ bytes, text, charset, failure, reason });
  if (answer.status >= 300 && answer.status < 400) return no('http.status', `status ${answer.status}`);
  if (answer.status !== 200) return no('http.status', `status ${answer.status}`);
  if (!answer.complete && ends.length > 0)
    return no(ends[0]?.how === 'rst' ? 'tcp.reset' : 'tcp.closed', 'the body ends before its length');
  if (!/FindProxyForURL/.test(text)) return no('pac.rejected', 'there is no FindProxyForURL in it');
  return { bytes, text, charset, failure: null, reason: null };
}

function charsetOf(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 'utf-8' : 'iso-8859-1';
}

/** A script is no larger than this, packed or not. */
const largest = { maxOutputLength: 2 * 1024 * 1024 };

function decoded({ headers, kept }: Answer): Buffer {
  const bytes = Buffer.concat(kept);
  const coding = (header(headers, 'content-encoding') ?? '').trim().toLowerCase();
  try {
    if (coding === 'gzip' || coding === 'x-gzip') return gunzipSync(bytes, largest);
    if (coding === 'deflate') return inflateSync(bytes, largest);
    return coding === 'br' ? brotliDecompressSync(bytes, largest) : bytes;
  } catch {
    // Cut off, larger than any script, or not packed at all: the bytes as they came.
    return bytes;
  }
}
