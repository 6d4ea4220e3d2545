/** The proxy script a client works with: fetched by its own rules, kept and retried by its own clocks. */
import { createHash } from 'node:crypto';

import { exchange, headerOf } from '../http/index.ts';
import type { Answer } from '../http/index.ts';
import type { Failure, FailureCode, Outcome } from '../failure.ts';
import { fail, ok } from '../failure.ts';
import { dialTls } from '../net/tls.ts';
import { decodeBody, judgeFetch, loadPac, profileNamed, statusUsed } from '../pac/index.ts';
import type { Pac } from '../pac/index.ts';
import type { HeaderList } from '../trace/events.ts';
import type { Found } from './discover.ts';
import { reach, remaining } from './reach.ts';
import type { ClientInit, ClientTools } from './tools.ts';

export interface Script {
  found: Found;
  pac: Pac;
  /** Lab time of the fetch, in milliseconds. */
  fetchedAt: number;
}

const redirecting = new Set([301, 302, 303, 307, 308]);

/** One GET, and the connection it ran on. */
interface Got {
  conn: number | null;
  answer: Outcome<Answer>;
}

interface Fetched extends Got {
  url: string;
  /** Locations followed, in order. */
  redirects: string[];
  /** Lab time in milliseconds since the fetch began. */
  ms: number;
}

/** Fetches and accepts a script, or says why not. Every answer is a `pac.fetched` event. */
export async function fetchScript(found: Found, init: ClientInit, tools: ClientTools): Promise<Outcome<Script>> {
  const { fetch } = profileNamed(init.dialect.pac);
  const began = tools.clock.now();
  const deadline = began + (fetch.timeout ?? Infinity);
  const redirects: string[] = [];
  let url = found.url;
  for (;;) {
    const unusable = unusableUrl(url, fetch.schemes);
    const got = unusable ?? (await get(new URL(url), deadline, init, tools));
    const { answer } = got;
    const fetched = { url, ...got, redirects, ms: tools.clock.now() - began };
    const location =
      answer.ok && redirecting.has(answer.value.status) ? headerOf(answer.value.headers, 'location') : undefined;
    if (location === undefined || !URL.canParse(location, url) || redirects.length >= fetch.maxRedirects) {
      return accept(found, fetched, init, tools);
    }
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
  return schemes.includes(scheme)
    ? undefined
    : { conn: null, answer: fail('pac.rejected', `fetches no ${scheme}: URL`) };
}

async function accept(found: Found, fetched: Fetched, init: ClientInit, tools: ClientTools): Promise<Outcome<Script>> {
  const { url, answer, redirects, ms } = fetched;
  const refused = (failure: Failure): Outcome<Script> => {
    report(fetched, { accepted: false, failure: failure.code, reason: failure.detail }, init, tools);
    return { ok: false, failure };
  };
  if (!answer.ok) return refused(answer.failure);
  const profile = profileNamed(init.dialect.pac);
  const { status, headers, body, complete } = answer.value;
  const contentType = headerOf(headers, 'content-type');
  const typed = contentType === undefined ? {} : { contentType };
  const verdict = judgeFetch({ url, status, ms, redirects, bytes: body.length, ...typed }, profile);
  const code = statusUsed(status, profile) ? 'pac.rejected' : 'http.status';
  if (!verdict.used) return refused({ code, detail: verdict.why });
  if (!complete) return refused({ code: 'tcp.closed', detail: 'the body is shorter than promised' });
  const decoded = decodeBody(body, contentType, profile, { path: new URL(url).pathname });
  if (decoded.rejected !== null) return refused({ code: 'pac.rejected', detail: decoded.rejected });
  const pac = await tools.activity.during(loadPac(body, { filename: url, ...typed }));
  report(fetched, { accepted: true, failure: null, reason: null }, init, tools);
  const { text, charset } = decoded;
  tools.pen.write('pac.loaded', {
    client: init.name,
    url,
    sha256: createHash('sha256').update(body).digest('hex'),
    charset,
    length: text.length,
    text: text.slice(0, textKept),
  });
  return ok({ found, pac, fetchedAt: tools.clock.now() });
}

/** Characters of a script that go into the trace. */
const textKept = 65_536;

const fetchHeaders = (url: URL, { dialect }: ClientInit): HeaderList => [
  ['Host', url.host],
  ...profileNamed(dialect.pac).fetch.headers.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  }),
];

/** Direct, never through a proxy, in every dialect. */
async function get(url: URL, deadline: number, init: ClientInit, tools: ClientTools): Promise<Got> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  const { connectTimeout } = profileNamed(init.dialect.pac).fetch;
  const connection = await reach({ host, port }, { deadline, limit: connectTimeout }, init, tools);
  if (!connection.ok) return { conn: null, answer: connection };
  const conn = connection.value.id;
  let stream: Parameters<typeof exchange>[0] = connection.value;
  try {
    if (url.protocol === 'https:') {
      const secured = await dialTls(connection.value, { serverName: host, trust: init.trust }, tools);
      if (!secured.ok) return { conn, answer: secured };
      stream = secured.value.stream;
    }
    const request = {
      method: 'GET',
      target: `${url.pathname}${url.search}`,
      headers: fetchHeaders(url, init),
    };
    const answer = await exchange(stream, request, { timeout: remaining(deadline, tools), clock: tools.clock });
    return { conn, answer };
  } finally {
    connection.value.destroy();
    await tools.net.settled();
  }
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
