/** Header fields as pairs, as they came over the wire: order, case and repetition kept. */
import type { HeaderList } from '../trace/events.ts';

/** RFC 9110 section 7.6.1, and what old clients and proxies put on one hop only. `Trailer` goes because trailers do. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-authentication-info',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** `rawHeaders` of node:http (name, value, name, value …) as pairs. */
export function pairsOf(raw: readonly string[]): HeaderList {
  const pairs: HeaderList = [];
  for (let index = 0; index + 1 < raw.length; index += 2) pairs.push([raw[index] ?? '', raw[index + 1] ?? '']);
  return pairs;
}

/** And back. */
export function rawOf(pairs: HeaderList): string[] {
  const raw: string[] = [];
  for (const pair of pairs) raw.push(pair[0], pair[1]);
  return raw;
}

/** `name` in lower case. Names of another length are not even folded: this is asked many times for each request. */
const called = ([key]: HeaderList[number], name: string): boolean =>
  key.length === name.length && key.toLowerCase() === name;

export function valuesOf(headers: HeaderList, name: string): string[] {
  const values: string[] = [];
  for (const field of headers) if (called(field, name)) values.push(field[1]);
  return values;
}

export function valueOf(headers: HeaderList, name: string): string | undefined {
  for (const field of headers) if (called(field, name)) return field[1];
  return undefined;
}

/** The lower-case members of a comma-separated field, over all of its lines. */
export function listOf(headers: HeaderList, name: string): string[] {
  const values = valuesOf(headers, name);
  const [only] = values;
  if (only === undefined) return values;
  if (values.length === 1 && !only.includes(',')) {
    const member = only.trim().toLowerCase();
    return member === '' ? [] : [member];
  }
  return values
    .flatMap((value) => value.split(','))
    .map((member) => member.trim().toLowerCase())
    .filter((member) => member !== '');
}

/**
 * What may travel on: without the hop-by-hop fields and without those that `Connection` names. `Content-Length` stays
 * even when it is named there: dropping it would turn the body into a second message. `without` go too, in lower case.
 */
export function endToEnd(headers: HeaderList, without: readonly string[] = []): HeaderList {
  const nominated = listOf(headers, 'connection');
  const kept: HeaderList = [];
  for (const field of headers) {
    const key = field[0].toLowerCase();
    if (hopByHop.has(key) || without.includes(key)) continue;
    if (key === 'content-length' || !nominated.includes(key)) kept.push(field);
  }
  return kept;
}

const isSecret = (field: HeaderList[number]): boolean =>
  called(field, 'proxy-authorization') || called(field, 'authorization');

/**
 * For the trace: credentials keep their scheme only, and NTLM what says which of its messages it is: twelve bytes, the
 * same for everybody.
 */
export const masked = (headers: HeaderList): HeaderList =>
  headers.some(isSecret)
    ? headers.map((field) =>
        isSecret(field)
          ? [field[0], field[1].trim().replace(/^(\S+)\s+(TlRMTVNTUAA[BCD]AAAA|).*$/s, '$1 $2***')]
          : field,
      )
    : headers;

/**
 * The same fields, with what was kept before in place of what equals it: clients say much the same with each request, and
 * what a trace keeps costs the collector as long as it is kept. Neither list may change afterwards.
 */
export function sharing(before: HeaderList, now: HeaderList): HeaderList {
  let same = before.length === now.length;
  for (let index = 0; index < now.length; index++) {
    const [old, field] = [before[index], now[index]];
    if (old && field && old[0] === field[0] && old[1] === field[1]) now[index] = old;
    else same = false;
  }
  return same ? before : now;
}

/** For the trace: a target without the user and password it may carry. */
export const maskedTarget = (target: string): string =>
  !target.includes('@') ? target : target.replace(/^((?:[a-z][\w+.-]*:)?\/\/|)[^/?#@]*@/i, '$1***@');

/** A reason phrase that may be written again; an origin's may hold control bytes, which node:http refuses. */
export const cleanReason = (reason: string): string =>
  reason === 'OK' ? 'OK' : reason.replace(/[^\t\x20-\x7e\x80-\xff]/g, '');
