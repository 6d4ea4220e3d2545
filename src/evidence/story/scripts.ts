/** The search for a proxy script and its download, as the wire shows them: questions for wpad, GETs, and what came. */
import { createHash } from 'node:crypto';

import { header } from '../../trace/view.ts';
import type { Connection, Exchange } from '../connection.ts';
import type { Write } from '../draft.ts';
import { beside, isBefore } from '../slot.ts';
import type { Asked } from './names.ts';
import { outcomeOf } from './outcome.ts';
import { readScript } from './script-body.ts';
import { isScriptDial } from './tries.ts';
import { failureOfDial } from './wire.ts';
import { nameProxy } from './unresolved.ts';
import { hostOf, isForProxy, isForScript, proxyBehind } from './world.ts';
import type { World } from './world.ts';

export function writeScripts(world: World, write: Write): void {
  for (const search of searchesIn(world)) writeSearch(search, write);
  const dials = world.connections.filter(
    (connection) => proxyBehind(world, connection) === undefined && isScriptDial(world, connection),
  );
  const downloads = dials.flatMap(downloadsOn);
  for (const connection of dials) {
    const own = downloads.some((download) => download.connection === connection);
    if (!own && !isOneOfSeveral(world, connection, downloads)) writeVain(world, connection, write);
  }
  for (const download of downloads) writeDownload(world, download, downloads, write);
}

/** A client that asks for wpad by several names in a row makes one search. */
const rowMs = 1000;
/** After a silent name server it takes longer to the next name. */
const silentMs = 16_000;

function searchesIn({ names }: World): Asked[][] {
  const searches: Asked[][] = [];
  for (const asked of names.asked) {
    if (!/^wpad(\.|$)/i.test(asked.name) || asked.failure === undefined) continue;
    const before = searches.findLast(([first]) => first?.client === asked.client);
    const last = before?.at(-1);
    // A name that was found ends a search; asked for again at once, it is the one for the download.
    if (
      last &&
      last.failure !== null &&
      asked.first.at - last.done.at < (last.failure === 'dns.timeout' ? silentMs : rowMs)
    )
      before?.push(asked);
    else if (!last || last.failure !== null || !isDownloads(last, asked)) searches.push([asked]);
  }
  return searches;
}

const isDownloads = (last: Asked, next: Asked): boolean =>
  last.name.toLowerCase() === next.name.toLowerCase() && next.first.at - last.done.at < 1000;

function writeSearch(search: Asked[], write: Write): void {
  const [first] = search as [Asked, ...Asked[]];
  const last = search.at(-1) ?? first;
  const counts = last.failure === null ? null : worstOf(search);
  const { client } = first;
  const by = `client:${client}`;
  write(beside(first.first, -5), by, 'discovery.started', { client, source: 'dns', name: first.name });
  const found = last.failure === null;
  write(beside(last.done, 3), by, 'discovery.finished', {
    client,
    source: 'dns',
    url: found ? `http://${last.name}/wpad.dat` : null,
    reason: found ? null : `${[...new Set(search.map(({ name }) => name))].join(', ')}: ${counts}`,
  });
}

/** A client asks on by shorter names: that these are not there says nothing of the one that could not be asked. */
const grave = ['dns.timeout', 'dns.servfail', 'dns.nodata'] as const;

const worstOf = (search: readonly Asked[]): string =>
  grave.find((failure) => search.some((asked) => asked.failure === failure)) ?? 'dns.nxdomain';

const anotherAddressMs = 70_000;

/** One address of several was dead, and the script came from the next. */
const isOneOfSeveral = (world: World, dead: Connection, downloads: readonly Download[]): boolean =>
  downloads.some(
    ({ connection }) =>
      connection.fromIp === dead.fromIp &&
      connection.toIp !== dead.toIp &&
      hostNamed(world, connection) === hostNamed(world, dead) &&
      isBefore(dead.begun, connection.begun) &&
      connection.begun.at - dead.last.at < anotherAddressMs,
  );

const hostNamed = ({ names }: World, { fromIp, toIp, last }: Connection): string | undefined =>
  names.nameOf(fromIp, toIp, last)?.toLowerCase();

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

interface Download {
  url: string;
  connection: Connection;
  exchange: Exchange;
}

/** Every GET for a script, with the URL that it was for. */
const downloadsOn = (connection: Connection): Download[] =>
  connection.exchanges
    .filter((exchange) => isForScript(exchange) && !isForProxy(exchange))
    .map((exchange) => ({ url: urlOf(connection, exchange), connection, exchange }));

function urlOf({ toIp, toPort }: Connection, { headers, secure, target }: Exchange): string {
  const said = (header(headers, 'host') ?? '').replace(/:80$/, '');
  const place = said === '' ? `${toIp}${toPort === 80 ? '' : `:${toPort}`}` : said;
  return `${secure ? 'https' : 'http'}://${place}${target}`;
}

function writeDownload(world: World, download: Download, all: readonly Download[], write: Write): void {
  const { url, connection, exchange } = download;
  const { answer } = exchange;
  const { fromIp: client, id: conn } = connection;
  const by = `client:${client}`;
  if (!answer) {
    writeUnanswered(world, download, write);
    return;
  }
  const read = readScript(connection, answer, (text) => isUsed(world, connection, text));
  const end = answer.complete ? answer.done : (connection.ends[0]?.slot ?? answer.done);
  write(beside(end, 4), by, 'pac.fetched', {
    client,
    url,
    conn,
    status: answer.status,
    bytes: answer.length,
    begins: read.bytes.subarray(0, 16).toString('hex'),
    type: header(answer.headers, 'content-type') ?? null,
    accepted: read.reason === null,
    failure: isFollowed(download, all) ? null : read.failure,
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

/** The client went to a proxy that this text names. */
const isUsed = (world: World, { fromIp, begun }: Connection, text: string): boolean =>
  world.connections.some(
    (other) =>
      other.fromIp === fromIp &&
      isBefore(begun, other.begun) &&
      world.proxies.has(other.to) &&
      text.toLowerCase().includes(nameProxy(world, other).toLowerCase()),
  );

function writeUnanswered(world: World, { url, connection, exchange }: Download, write: Write): void {
  const { malformed } = exchange;
  const { fromIp: client, id: conn } = connection;
  const { end, failure, detail } = malformed
    ? { end: malformed.slot, failure: 'http.malformed', detail: `the answer is ${malformed.says}` }
    : outcomeOf(world, connection);
  if (failure === undefined || failure === null) return;
  const nothing = { status: null, bytes: 0, begins: '', type: null, accepted: false };
  write(beside(end, 4), `client:${client}`, 'pac.fetched', { client, url, conn, ...nothing, failure, reason: detail });
}

/** A redirect, and the same client asked there next. */
function isFollowed({ url, connection, exchange }: Download, all: readonly Download[]): boolean {
  const { answer } = exchange;
  const location = header(answer?.headers ?? [], 'location');
  if (!answer || answer.status < 300 || answer.status > 399 || location === undefined || !URL.canParse(location, url))
    return false;
  const there = new URL(location, url).href;
  return all.some(
    (next) =>
      next.connection.fromIp === connection.fromIp && next.url === there && isBefore(answer.slot, next.exchange.asked),
  );
}
