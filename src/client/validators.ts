/** How get-uri (of pac-proxy-agent) keeps an answer: fresh by its header fields, else asked whether it changed. */
import { headerOf } from '../http/index.ts';
import type { HeaderList } from '../trace/events.ts';

/**
 * Source: get-uri `http.ts`. `max-age` counts from the answer, `no-cache` and `no-store` are stale, the first of them
 * decides. `Expires` is read as a number, so that a date never makes an answer fresh.
 */
export function isFresh({ headers, date }: { headers: HeaderList; date: number }, now: number): boolean {
  const control = headerOf(headers, 'cache-control');
  for (const part of control?.split(/,\s*?\b/) ?? []) {
    const [name, value = ''] = part.split('=');
    if (name === 'max-age') return now < date + Number.parseInt(value, 10) * 1000;
    if (name === 'no-cache' || name === 'no-store') return false;
  }
  return false;
}

export function validatorsOf(headers: HeaderList): HeaderList {
  const modified = headerOf(headers, 'last-modified');
  const tag = headerOf(headers, 'etag');
  return [
    ...(modified === undefined ? [] : [['If-Modified-Since', modified] as [string, string]]),
    ...(tag === undefined ? [] : [['If-None-Match', tag] as [string, string]]),
  ];
}
