/**
 * Chromium's net log: what it did for a page, by its own account. Its events carry numbers, whose names stand at the
 * head of the file; a `source` joins the events of one thing, and one source names another that it depends on.
 */
import { readFile } from 'node:fs/promises';

import { LabError } from '../failure.ts';
import type { Asked, Try } from './browser.ts';

interface RawEvent {
  type: number;
  source: { id: number };
  params?: Params;
}

interface Params {
  url?: string;
  request_type?: string;
  source_dependency?: { id: number };
  proxy_info?: string;
  proxy_chain?: string;
  bad_proxy_chain?: string;
  net_error?: number;
  message?: string;
}

export interface NetEvent {
  type: string;
  source: number;
  params: Params;
}

export interface Told {
  routes: readonly string[] | null;
  tries: readonly Try[];
}

export interface NetLog {
  events: readonly NetEvent[];
  /** The page `url`, asked for the nth time, from 0. */
  visit(url: string, nth: number): Told;
  /** What the script was asked and said, for every request of any kind, in their order. */
  asked: readonly Asked[];
}

/** Throws LabError when there is none. */
export async function readNetLog(file: string): Promise<NetLog> {
  const log = parse(await readFile(file, 'utf8'));
  const names = new Map(Object.entries(log.constants.logEventTypes).map(([name, number]) => [number, name]));
  const events = log.events.map(({ type, source, params }) => ({
    type: names.get(type) ?? String(type),
    source: source.id,
    params: params ?? {},
  }));
  const of = grouped(events);
  return {
    events,
    asked: [...of.values()].flatMap(askedIn),
    visit(url, nth) {
      const wanted = withoutFragment(url);
      const pages = events.filter(
        ({ type, params }) =>
          type === 'URL_REQUEST_START_JOB' && params.request_type === 'main frame' && params.url === wanted,
      );
      const page = pages[nth];
      return page ? told(of.get(page.source) ?? [], of) : { routes: null, tries: [] };
    },
  };
}

function askedIn(events: readonly NetEvent[]): Asked[] {
  const url = events.find(({ type }) => type === 'HTTP_STREAM_JOB_CONTROLLER')?.params.url;
  if (url === undefined) return [];
  const alerts = events.flatMap(({ type, params }) =>
    type === 'PAC_JAVASCRIPT_ALERT' && params.message !== undefined ? [params.message] : [],
  );
  const list = events.find(({ params }) => params.proxy_info !== undefined)?.params.proxy_info;
  const failed = events.some(({ type }) => type === 'PAC_JAVASCRIPT_ERROR');
  return [{ url, alerts, routes: list === undefined ? (failed ? ['DIRECT'] : null) : list.split(';').map(routeOf) }];
}

interface RawLog {
  constants: { logEventTypes: Record<string, number> };
  events: RawEvent[];
}

/** A browser that was ended in the middle leaves a list without its end. */
function parse(text: string): RawLog {
  for (const end of ['', ']}', '}]}']) {
    try {
      return JSON.parse(text.trimEnd().replace(/,$/, '') + end) as RawLog;
    } catch {
      // Another end may fit.
    }
  }
  const whole = text.slice(0, text.lastIndexOf('\n')).replace(/,$/, '');
  try {
    return JSON.parse(`${whole}]}`) as RawLog;
  } catch (error) {
    throw new LabError('the net log of the browser cannot be read', { cause: error });
  }
}

function grouped(events: readonly NetEvent[]): Map<number, NetEvent[]> {
  const of = new Map<number, NetEvent[]>();
  for (const event of events) {
    const known = of.get(event.source);
    if (known) known.push(event);
    else of.set(event.source, [event]);
  }
  return of;
}

const withoutFragment = (url: string): string => new URL(url).href.replace(/#.*$/, '');

/** A request may need several streams: the first for the challenge, the next with the answer. */
function told(request: readonly NetEvent[], of: ReadonlyMap<number, readonly NetEvent[]>): Told {
  let routes: readonly string[] | null = null;
  const tries = new Map<string, Try>();
  for (const { type, params } of request) {
    if (type !== 'HTTP_STREAM_JOB_CONTROLLER_BOUND') continue;
    for (const event of of.get(params.source_dependency?.id ?? -1) ?? []) {
      const { proxy_info: list, proxy_chain: taken, bad_proxy_chain: bad } = event.params;
      if (list !== undefined)
        routes ??= list
          .split(';')
          .map(routeOf)
          .filter((route) => / ./.test(route) || route === 'DIRECT');
      if (event.type === 'HTTP_STREAM_JOB_CONTROLLER_PROXY_SERVER_RESOLVED' && taken !== undefined) {
        const route = chainOf(taken, routes);
        // A list without any entry that can be used is a try without a proxy.
        if (!tries.has(route) && / \S|^DIRECT$/.test(route)) tries.set(route, { route, failure: null });
      }
      if (bad !== undefined) {
        const route = chainOf(bad, routes);
        tries.set(route, { route, failure: 'fell over' });
      }
    }
  }
  return { routes, tries: [...tries.values()] };
}

/** `SOCKS a:1080` is version 4. */
const routeOf = (entry: string): string => entry.trim().replace(/^SOCKS (?=\S)/, 'SOCKS4 ');

const schemes: Readonly<Record<string, string>> = { https: 'HTTPS', socks4: 'SOCKS4', socks5: 'SOCKS5', http: 'PROXY' };

/** `[proxy.corp.example:8080]`, `[https://p:443]`, `[direct://]` as an entry of the list. */
function chainOf(chain: string, routes: readonly string[] | null): string {
  const text = chain.replace(/^\[|\]$/g, '');
  if (text.startsWith('direct:')) return 'DIRECT';
  const [, scheme = 'http', place = text] = /^(?:([a-z0-9]+):\/\/)?(.*)$/.exec(text) ?? [];
  const route = `${schemes[scheme] ?? scheme.toUpperCase()} ${place}`;
  return routes?.find((each) => each === route) ?? route;
}
