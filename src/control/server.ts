/** The control server: the API under `/v1`, and the pages of whoever has some. */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { InputError } from '../failure.ts';
import type { Problem } from '../failure.ts';
import { serveAt } from '../net/server.ts';
import type { Place } from '../net/net.ts';
import { cookieName, refusalOf, same } from './guard.ts';
import type { GuardOptions } from './guard.ts';
import type { Live } from './live.ts';
import { openApi } from './openapi.ts';
import type { Answer, Route } from './route.ts';
import { routes } from './routes.ts';
import { streamEvents } from './stream.ts';

/** A file of a page. `headers` go on top of what every answer has. */
export interface Page {
  type: string;
  body: string | Uint8Array;
  headers?: Readonly<Record<string, string>>;
}

export interface ControlOptions extends GuardOptions {
  at: Place;
  /** What stands at a path outside of `/v1`; undefined when nothing does. Asked only for those who have the token. */
  pages?: (path: string) => Page | undefined;
}

export interface ControlServer extends AsyncDisposable {
  readonly real: Place;
}

/** Throws LabError when the place is taken. */
export async function startControl(live: Live, options: ControlOptions): Promise<ControlServer> {
  const http = createServer({ requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 0 });
  http.timeout = 0;
  http.on('request', (request, response) => {
    void answerTo(request, live, options)
      .catch((error: unknown): Sent => failed(error))
      .then((sent) => send(request, response, sent, live));
  });
  return serveAt(options.at, (stream) => void http.emit('connection', stream));
}

type Sent =
  | { answer: Answer }
  | { status: number; problems: readonly Problem[] }
  | { page: Page }
  | { redirect: string; token: string };

async function answerTo(request: IncomingMessage, live: Live, options: ControlOptions): Promise<Sent> {
  const url = urlOf(request);
  if (!url) return { status: 400, problems: [{ message: 'the target is no path' }] };
  const refusal = refusalOf(request.headers, options);
  // A link brings the token once; from then on a cookie has it, and no history shows it.
  const offered = url.searchParams.get('token');
  if (refusal?.status === 401 && request.method === 'GET' && offered !== null && same(offered, options.token)) {
    url.searchParams.delete('token');
    return { redirect: `${url.pathname}${url.search}`, token: offered };
  }
  if (refusal) return { status: refusal.status, problems: [{ message: refusal.message }] };
  if (url.pathname === '/v1/openapi.json' && request.method === 'GET') return { answer: { json: openApi() } };
  const here = routes.flatMap((route) => {
    const path = matched(route, url.pathname);
    return path ? [{ route, path }] : [];
  });
  const found = here.find(({ route }) => route.method === request.method);
  if (found) return { answer: await serve(found.route, found.path, url, request, live) };
  if (here.length > 0) return { status: 405, problems: [{ message: `${request.method} is not for ${url.pathname}` }] };
  const page = request.method === 'GET' ? options.pages?.(url.pathname) : undefined;
  return page ? { page } : { status: 404, problems: [{ message: `there is nothing at ${url.pathname}` }] };
}

/** The parts of a path that a route leaves open. */
function matched({ path }: Route, given: string): Record<string, string> | undefined {
  const wanted = path.split('/');
  const parts = given.split('/');
  if (wanted.length !== parts.length) return undefined;
  const open: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name === undefined && part !== parts[index]) return undefined;
    if (name !== undefined) open[name] = decoded(parts[index] ?? '');
  }
  return open;
}

async function serve(
  route: Route,
  path: Readonly<Record<string, string>>,
  url: URL,
  request: IncomingMessage,
  live: Live,
): Promise<Answer> {
  const lastEventId = request.headers['last-event-id'];
  const body = route.body && route.body.safeParse(await bodyOf(request));
  if (body && !body.success)
    throw new InputError(body.error.issues.map(({ message, path: at }) => ({ message, path: at.join('.') })));
  return route.serve({
    live,
    path,
    query: url.searchParams,
    body: body?.data,
    lastEventId: typeof lastEventId === 'string' ? lastEventId : undefined,
  });
}

const largestBody = 1_000_000;

/** Only JSON, said to be JSON: what a form of another page can send is something else. */
async function bodyOf(request: IncomingMessage): Promise<unknown> {
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? ''))
    throw new InputError([{ message: 'the body must be application/json' }]);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > largestBody) throw new InputError([{ message: `the body has more than ${largestBody} bytes` }]);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString()) as unknown;
  } catch (error) {
    throw new InputError([{ message: `the body is no JSON: ${(error as Error).message}` }]);
  }
}

function send(request: IncomingMessage, response: ServerResponse, sent: Sent, live: Live): void {
  const plain = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer' };
  const whole = (status: number, type: string, body: string | Uint8Array, more: Record<string, string> = {}): void => {
    const length = Buffer.byteLength(body);
    response.writeHead(status, { ...plain, 'Content-Type': type, 'Content-Length': length, ...more }).end(body);
  };
  const asJson = (status: number, value: unknown): void =>
    whole(status, 'application/json', `${JSON.stringify(value, null, 2)}\n`);
  if ('problems' in sent) asJson(sent.status, { problems: sent.problems });
  else if ('page' in sent) whole(200, sent.page.type, sent.page.body, sent.page.headers);
  else if ('redirect' in sent) {
    const cookie = `${cookieName}=${sent.token}; Path=/; HttpOnly; SameSite=Strict`;
    response.writeHead(303, { ...plain, Location: sent.redirect, 'Set-Cookie': cookie, 'Content-Length': 0 }).end();
  } else if ('json' in sent.answer) asJson(sent.answer.status ?? 200, sent.answer.json);
  else if ('content' in sent.answer) {
    const { content, type, name } = sent.answer;
    whole(200, type, content, name === undefined ? {} : { 'Content-Disposition': `attachment; filename="${name}"` });
  } else streamEvents(request, response, sent.answer.events, live.lab);
}

/** Bad input is the caller's; anything else is a mistake of ours, and no reason to end the lab. */
function failed(error: unknown): Sent {
  if (error instanceof InputError) return { status: 400, problems: error.problems };
  return { status: 500, problems: [{ message: error instanceof Error ? (error.stack ?? error.message) : 'unknown' }] };
}

function urlOf({ url = '' }: IncomingMessage): URL | undefined {
  return url.startsWith('/') && URL.canParse(url, 'http://lab') ? new URL(url, 'http://lab') : undefined;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new InputError([{ message: `'${part}' is no part of a path` }]);
  }
}
