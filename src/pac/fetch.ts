/** Whether a client uses what the PAC server sent. Pure: the fetch itself happens elsewhere. */
import type { Profile } from './profile.ts';

/** One finished fetch, redirects included. */
export interface PacResponse {
  readonly url: string;
  readonly status: number;
  /** Milliseconds until the last byte. */
  readonly ms: number;
  /** Locations followed, in order. */
  readonly redirects: readonly string[];
  readonly contentType?: string;
  /** Bytes of the body after content decoding. */
  readonly bytes?: number;
}

export type FetchVerdict = { readonly used: true } | { readonly used: false; readonly why: string };

/** Judges a response by the profile's fetch rules. */
export function judgeFetch(response: PacResponse, profile: Profile): FetchVerdict {
  const why = refusal(response, profile);
  return why === null ? { used: true } : { used: false, why };
}

function refusal(response: PacResponse, profile: Profile): string | null {
  const { fetch, body } = profile;
  const scheme = schemeOf(response.url);
  if (!fetch.schemes.includes(scheme)) return `${profile.name} fetches no ${scheme}: URL`;
  if (response.redirects.length > fetch.maxRedirects) return `more than ${fetch.maxRedirects} redirects`;
  for (const location of response.redirects) {
    const target = schemeOf(new URL(location, response.url).href);
    if (!fetch.redirectSchemes.includes(target)) return `redirected to a ${target}: URL`;
  }
  if (fetch.timeout !== null && response.ms > fetch.timeout) return `no complete answer within ${fetch.timeout} ms`;
  if (!statusUsed(response.status, profile)) return `status ${response.status}`;
  if (body.maxBytes !== null && (response.bytes ?? 0) > body.maxBytes) return `more than ${body.maxBytes} bytes`;
  return null;
}

/** True when this client takes a body that came with the status. */
export function statusUsed(status: number, profile: Profile): boolean {
  return profile.fetch.statuses === '2xx' ? status >= 200 && status < 300 : status === 200;
}

const schemeOf = (url: string): string => url.slice(0, url.indexOf(':')).toLowerCase();
