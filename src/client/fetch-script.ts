/** Fetches a proxy script by the client's own rules. Every answer is a `pac.fetched` event. */
import type { Failure, FailureCode } from '../failure.ts';
import { fail, ok } from '../failure.ts';
import { headerOf } from '../http/index.ts';
import type { Answer } from '../http/index.ts';
import { decodeBody, judgeFetch, statusUsed } from '../pac/index.ts';
import { profileOf } from './dialect.ts';
import type { Found } from './discover.ts';
import { download } from './download.ts';
import type { Got } from './download.ts';
import { loadScript } from './script.ts';
import type { Script } from './script.ts';
import type { ClientInit, ClientTools } from './tools.ts';
import { isFresh, validatorsOf } from './validators.ts';

export interface FetchOptions {
  /** What the client has: unchanged content keeps it, and some ask only whether it changed. */
  before: Script | undefined;
  /** Milliseconds for the whole fetch where the settings name them. */
  limit: number | null;
}

/** A script, or why there is none; with the status, when an answer came. */
export type FetchedScript = { ok: true; value: Script } | { ok: false; failure: Failure & { status?: number } };

const redirecting = new Set([301, 302, 303, 307, 308]);

interface Fetched extends Got {
  url: string;
  /** Locations followed, in order. */
  redirects: string[];
  /** Lab time in milliseconds since the fetch began. */
  ms: number;
}

/** Fetches and accepts a script, or says why not. */
export async function fetchScript(
  found: Found,
  { before, limit }: FetchOptions,
  init: ClientInit,
  tools: ClientTools,
): Promise<FetchedScript> {
  const { fetch } = profileOf(init.dialect);
  const known = before?.found.url === found.url ? before : undefined;
  const validating = init.dialect.script.revalidates ? known : undefined;
  if (validating && isFresh(validating, tools.clock.date())) return ok(validating);
  const began = tools.clock.now();
  const deadline = began + (limit ?? fetch.timeout ?? Infinity);
  const redirects: string[] = [];
  let url = found.url;
  for (;;) {
    const extra = validating && redirects.length === 0 ? validatorsOf(validating.headers) : [];
    const got = unusableUrl(url, fetch.schemes) ?? (await download(new URL(url), { deadline, extra }, init, tools));
    const fetched = { url, ...got, redirects, ms: tools.clock.now() - began };
    const { answer } = got;
    const location =
      answer.ok && redirecting.has(answer.value.status) ? headerOf(answer.value.headers, 'location') : undefined;
    if (location === undefined || !URL.canParse(location, url) || redirects.length >= fetch.maxRedirects)
      return accept(found, known, fetched, init, tools);
    redirects.push(location);
    const next = new URL(location, url);
    const followed = fetch.redirectSchemes.includes(next.protocol.slice(0, -1));
    const reason = `redirected to ${next.href}`;
    report(fetched, { accepted: false, failure: followed ? null : 'http.status', reason }, init, tools);
    if (!followed) return fail('http.status', reason);
    url = next.href;
  }
}

/** Why nothing is sent for a URL; undefined when the client fetches such ones. */
function unusableUrl(url: string, schemes: readonly string[]): Got | undefined {
  if (!URL.canParse(url)) return { conn: null, answer: fail('pac.rejected', 'not a URL') };
  const scheme = new URL(url).protocol.slice(0, -1);
  if (!schemes.includes(scheme)) return { conn: null, answer: fail('pac.rejected', `fetches no ${scheme}: URL`) };
  if (scheme === 'http' || scheme === 'https') return undefined;
  return { conn: null, answer: fail('pac.rejected', `the lab has nothing at ${scheme}: URLs`) };
}

async function accept(
  found: Found,
  known: Script | undefined,
  fetched: Fetched,
  init: ClientInit,
  tools: ClientTools,
): Promise<FetchedScript> {
  const { url, answer } = fetched;
  const refused = (failure: Failure & { status?: number }): FetchedScript => {
    report(fetched, { accepted: false, failure: failure.code, reason: failure.detail }, init, tools);
    return { ok: false, failure };
  };
  const accepted = { accepted: true, failure: null, reason: null };
  if (!answer.ok) return refused(answer.failure);
  const { status, body, headers } = answer.value;
  if (status === 304 && known) {
    report(fetched, accepted, init, tools);
    return ok(known.renew(answer.value, tools.clock));
  }
  const objection = objectionTo(answer.value, fetched, init);
  if (objection) return refused({ ...objection, status });
  const profile = profileOf(init.dialect);
  const decoded = decodeBody(body, headerOf(headers, 'content-type'), profile, { path: new URL(url).pathname });
  if (decoded.rejected !== null) return refused({ code: 'pac.rejected', detail: decoded.rejected, status });
  report(fetched, accepted, init, tools);
  if (known?.body.equals(body)) return ok(known.renew(answer.value, tools.clock));
  return ok(await loadScript(found, { url, answer: answer.value, ...decoded }, init, tools));
}

/** What the client has against an answer, its body apart. */
function objectionTo(answer: Answer, { url, redirects, ms }: Fetched, init: ClientInit): Failure | undefined {
  const profile = profileOf(init.dialect);
  const { status, headers, body, complete } = answer;
  const contentType = headerOf(headers, 'content-type');
  const typed = contentType === undefined ? {} : { contentType };
  const verdict = judgeFetch({ url, status, ms, redirects, bytes: body.length, ...typed }, profile);
  const code = statusUsed(status, profile) ? 'pac.rejected' : 'http.status';
  if (!verdict.used) return { code, detail: verdict.why };
  return complete ? undefined : { code: 'tcp.closed', detail: 'the body is shorter than promised' };
}

function report(
  { url, conn, answer }: Fetched,
  verdict: { accepted: boolean; failure: FailureCode | null; reason: string | null },
  init: ClientInit,
  tools: ClientTools,
): void {
  const got = answer.ok ? answer.value : undefined;
  tools.pen.write('pac.fetched', {
    client: init.name,
    url,
    conn,
    status: got?.status ?? null,
    bytes: got?.body.length ?? 0,
    begins: got?.body.toString('hex', 0, 16) ?? '',
    type: (got && headerOf(got.headers, 'content-type')) ?? null,
    ...verdict,
  });
}
