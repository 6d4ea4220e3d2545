/** HAR 1.2 as far as it is written here; names that begin with `_` are ours, as the format allows. */
import { viewOf } from '../trace/view.ts';
import type { HeaderList, TraceEvent } from '../trace/events.ts';
import { dateOf } from './date.ts';

export interface Har {
  log: { version: '1.2'; creator: { name: string; version: string }; entries: HarEntry[]; comment: string };
}

export interface HarEntry {
  startedDateTime: string;
  /** Milliseconds of lab time: the sum of the timings. */
  time: number;
  request: HarRequest;
  response: HarResponse;
  cache: Record<string, never>;
  timings: HarTimings;
  serverIPAddress?: string;
  connection?: string;
  comment?: string;
  /** The part that tells of the exchange: `client:service`, `proxy:edge`. */
  _by: string;
  /** First and last event. */
  _events: [first: number, last: number];
  _route?: string;
  _error?: string;
  _attempts?: { route: string; failure: string | null; detail: string | null }[];
}

interface NameValue {
  name: string;
  value: string;
}

export interface HarRequest {
  method: string;
  url: string;
  httpVersion: string;
  cookies: never[];
  headers: NameValue[];
  queryString: NameValue[];
  headersSize: number;
  bodySize: number;
}

export interface HarResponse {
  /** 0 when there was none. */
  status: number;
  statusText: string;
  httpVersion: string;
  cookies: never[];
  headers: NameValue[];
  content: { size: number; mimeType: string };
  redirectURL: string;
  headersSize: number;
  bodySize: number;
}

/** Milliseconds; -1 for what did not happen. `connect` contains `ssl`; the last three are 0 when they did not happen. */
export interface HarTimings {
  blocked: number;
  dns: number;
  connect: number;
  ssl: number;
  send: number;
  wait: number;
  receive: number;
}

export const quiet: HarTimings = { blocked: -1, dns: -1, connect: -1, ssl: -1, send: 0, wait: 0, receive: 0 };

export interface Told {
  status: number;
  reason?: string;
  headers?: HeaderList;
  length?: number;
}

export function requestOf(method: string, url: string, headers: HeaderList): HarRequest {
  const query = URL.canParse(url) ? [...new URL(url).searchParams] : [];
  return {
    method,
    url: withoutUser(url),
    httpVersion: 'HTTP/1.1',
    cookies: [],
    headers: pairs(headers),
    queryString: query.map(([name, value]) => ({ name, value })),
    headersSize: -1,
    bodySize: -1,
  };
}

export function responseOf({ status, reason = '', headers = [], length: counted }: Told): HarResponse {
  const field = (wanted: string): string => headers.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? '';
  const length = counted ?? (/^\d+$/.test(field('content-length')) ? Number(field('content-length')) : -1);
  return {
    status,
    statusText: reason,
    httpVersion: 'HTTP/1.1',
    cookies: [],
    headers: pairs(headers),
    content: { size: Math.max(0, length), mimeType: field('content-type') || 'x-unknown' },
    redirectURL: withoutUser(field('location')),
    headersSize: -1,
    bodySize: length,
  };
}

/** Everything but what became of it. Numbers are of the first and last event. */
export function entryOf(
  events: readonly TraceEvent[],
  first: TraceEvent,
  last: TraceEvent,
  timings: HarTimings,
): Pick<HarEntry, 'startedDateTime' | 'time' | 'cache' | 'timings' | '_by' | '_events'> {
  const { blocked, dns, connect, send, wait, receive } = timings;
  return {
    startedDateTime: new Date(dateOf(events, first.at)).toISOString(),
    time: [blocked, dns, connect, send, wait, receive].reduce((sum, ms) => sum + Math.max(0, ms), 0),
    cache: {},
    timings,
    _by: first.by,
    _events: [first.seq, last.seq],
  };
}

/** Where a connection went, and by what name HAR joins its entries. */
export function carriedBy(
  events: readonly TraceEvent[],
  conn: number | null | undefined,
): Pick<HarEntry, 'serverIPAddress' | 'connection'> {
  if (conn === null || conn === undefined) return {};
  const opened = viewOf(events)
    .onConnection(conn)
    .find((event) => event.type === 'tcp.opened');
  return { ...(opened ? { serverIPAddress: addressIn(opened.data.to) } : {}), connection: `${conn}` };
}

export const addressIn = (place: string): string => place.slice(0, place.lastIndexOf(':')).replace(/^\[|\]$/g, '');

/** HAR files are mailed around: credentials stay out. */
const secret = new Set(['authorization', 'proxy-authorization', 'cookie', 'set-cookie']);

const pairs = (headers: HeaderList): NameValue[] =>
  headers.map(([name, value]) => ({ name, value: shown(name, value) }));

/** Of credentials the scheme may stay; a token alone has none. */
function shown(name: string, value: string): string {
  if (!secret.has(name.toLowerCase())) return withoutUser(value);
  const [, scheme] = (/authorization$/i.test(name) && /^([\w-]+)\s+\S/.exec(value.trim())) || [];
  return scheme === undefined ? '***' : `${scheme} ***`;
}

/** Text without the user and password that URLs in it may carry. */
export const withoutUser = (text: string): string => text.replace(/([a-z][\w+.-]*:\/\/)[^/?#@\s]*@/gi, '$1***@');
