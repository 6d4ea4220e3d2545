/** Tries → the requests they belong to, told as a client would tell them; no more than the wire shows. */
import type { ClientError } from '../../trace/events.ts';
import { groupIn, header } from '../../trace/view.ts';
import type { Write } from '../draft.ts';
import { beside } from '../slot.ts';
import { isTried } from './unresolved.ts';
import { isScriptDial } from './tries.ts';
import type { Try } from './tries.ts';
import { proxyBehind } from './world.ts';
import type { World } from './world.ts';

/** The tries of one request, in order: a later one because the one before had failed. */
export type Grouped = [Try, ...Try[]];

/** Clients wait for no answer at most as long as Linux does: 64 s after its last SYN. */
const silenceMs = 70_000;
/** Requests of one machine that may still go on. */
const mostOpen = 64;
/** After anything else they go on at once. */
const nextMs = 3000;

export function requestsIn(world: World, tries: readonly Try[]): Grouped[] {
  const requests: Grouped[] = [];
  const latest = new Map<string, Grouped[]>();
  for (const one of tries) {
    const own = groupIn(latest, one.client, () => []);
    const before = own.findLast((request) => goesOn(world, request, one));
    if (before) {
      before.push(one);
      continue;
    }
    const request: Grouped = [one];
    requests.push(request);
    own.push(request);
    if (own.length > mostOpen) own.shift();
  }
  return requests;
}

/** Whether a try is the next one of a request: by another route, soon after the way there had failed. */
function goesOn(world: World, request: Grouped, next: Try): boolean {
  const last = request.at(-1);
  if (!last || last.client !== next.client || last.route === next.route) return false;
  if (request.some(({ route }) => route === next.route) || !(isTried(last.failure) || isUnnamed(last.failure)))
    return false;
  const target = request.find(({ target }) => target !== undefined)?.target;
  if (target && next.target && (target.host !== next.target.host || target.port !== next.target.port)) return false;
  // Nothing was asked of a dead proxy: only a script's list tells that the two belong together.
  if (!(target && next.target) && !isListed(world, last, next)) return false;
  if (isSearched(world, last, next)) return false;
  const gap = next.start.at - (last.firstEnd ?? last.end).at;
  return gap >= 0 && gap < (last.failure === 'tcp.timeout' ? silenceMs : nextMs);
}

/** One after the other in a list; or the first was the last of one. */
function isListed(world: World, last: Try, next: Try): boolean {
  const { lists, named } = world;
  const listed = lists.some((list) => {
    const at = list.findIndex((route) => isSameRoute(route, last.route));
    return at >= 0 && list.slice(at + 1).some((route) => isSameRoute(route, next.route));
  });
  if (listed) return true;
  return named.has(last.route.replace(/^\w+ /, '').toLowerCase());
}

/** Another script was fetched between two tries: what follows is a new decision. */
const isSearched = (world: World, last: Try, next: Try): boolean =>
  world.connections.some(
    (connection) =>
      connection.fromIp === last.client &&
      connection.begun.at >= last.start.at &&
      connection.begun.at <= next.start.at &&
      isScriptDial(world, connection),
  );

const isSameRoute = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase();

const isUnnamed = (failure: Try['failure']): boolean => failure?.startsWith('dns.') === true;

export function writeRequests(world: World, requests: readonly Grouped[], write: Write): void {
  const started = new Set<string>();
  for (const [index, request] of requests.entries()) {
    const [first] = request;
    if (!started.has(first.client)) startClient(world, first, write);
    started.add(first.client);
    writeRequest(request, index + 1, write);
  }
}

function startClient(world: World, { client, start }: Try, write: Write): void {
  write(beside(start, -9), `client:${client}`, 'client.started', {
    client,
    profile: profileOf(world, client),
    address: client,
    identity: null,
  });
}

/** Programs by what they call themselves; none when there are several. */
const programs: readonly (readonly [RegExp, string])[] = [
  [/^curl\//i, 'curl'],
  [/Firefox\//, 'firefox'],
  [/Chrom(?:e|ium)\//, 'chromium'],
  [/^(?:node|axios|undici)\b/i, 'node'],
  [/WinHttp/i, 'winhttp'],
];

function profileOf(world: World, client: string): string {
  const said = new Set<string>();
  for (const connection of world.connections) {
    if (connection.fromIp !== client || proxyBehind(world, connection) !== undefined) continue;
    for (const { headers } of connection.exchanges) {
      const agent = header(headers, 'user-agent');
      if (agent !== undefined) said.add(programs.find(([pattern]) => pattern.test(agent))?.[1] ?? agent.slice(0, 40));
    }
  }
  const [only] = said;
  return said.size === 1 && only !== undefined ? only : 'unknown';
}

function writeRequest(request: Grouped, number: number, write: Write): void {
  const [first] = request;
  const { client } = first;
  const by = `client:${client}`;
  const known = request.find(({ target }) => target !== undefined) ?? first;
  const last = request.at(-1) ?? first;
  const own = { client, request: number };
  const routes = request.map(({ route }) => route);
  write(beside(first.start, -8), by, 'client.request', { ...own, url: known.url, method: known.method });
  write(beside(first.start, -7), by, 'client.routes', { ...own, routes, why: 'as far as the capture shows' });
  for (const [index, one] of request.entries()) {
    const { route, failure, detail } = one;
    const attempt = index + 1;
    write(beside(one.start, -6), by, 'client.attempt', { ...own, route, attempt });
    if (failure === undefined) continue;
    write(beside(one.end, 6), by, 'client.attempt-finished', {
      ...own,
      route,
      attempt,
      conn: connectionOf(one),
      failure,
      detail: failure === null ? null : (detail ?? failure),
      next: one !== last ? 'next-route' : failure === null ? 'done' : 'stop',
    });
  }
  writeEnd(last, { ...own, url: known.url }, write);
}

/** The last connection that stood. */
const connectionOf = ({ connections }: Try): number | null =>
  connections.findLast(({ state }) => state === 'opened' || state === 'midway')?.id ?? null;

interface Own {
  client: string;
  request: number;
  url: string;
}

function writeEnd({ end, failure, detail, status, route, client }: Try, own: Own, write: Write): void {
  if (failure === undefined) return;
  write(beside(end, 7), `client:${client}`, 'client.finished', {
    ...own,
    route,
    status,
    error: errorOf(failure, detail, status),
  });
}

/** What the wire shows of the error; what the program itself says is not on it. */
function errorOf(failure: string | null, detail: string | null, status: number | null): ClientError | null {
  const said = (text: string, cause: string): ClientError => ({ name: 'capture', text, cause });
  if (failure !== null) return said(detail ?? failure, failure);
  return status !== null && status >= 400 ? said(`status ${status}`, 'http.status') : null;
}
