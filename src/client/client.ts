/**
 * A client of the pretend world. For each URL: choose (settings) → discover → fetch → evaluate → select → connect.
 * What differs between clients is in the {@link Dialect}.
 */
import type { Answer } from '../http/index.ts';
import { failoverOrder, ProxyMemory, profileNamed } from '../pac/index.ts';
import { settingLines } from '../settings/index.ts';
import type { ClientError, HeaderList } from '../trace/events.ts';
import { attempt } from './connect.ts';
import type { WireRequest } from './connect.ts';
import type { Trouble } from './dialect.ts';
import type { DhcpSpec } from './dhcp.ts';
import { reach } from './reach.ts';
import { routeFinder } from './routes.ts';
import type { ClientInit, ClientTools } from './tools.ts';

export interface RequestOptions {
  method?: string | undefined;
  headers?: Record<string, string> | undefined;
  body?: string | undefined;
  leg?: 'cloud' | 'backend' | undefined;
}

export interface RequestResult {
  route: string | null;
  status: number | null;
  /** Every route that was tried, in order. */
  attempts: string[];
  error: ClientError | null;
  body: Buffer | null;
}

export interface Client {
  readonly name: string;
  /** Lab time in milliseconds. */
  now(): number;
  request(url: string, options: RequestOptions): Promise<RequestResult>;
  /** Opens a tunnel to `host:port` and closes it: CONNECT at a proxy, plain TCP without one. */
  tunnel(to: string): Promise<RequestResult>;
  /** Opens and closes a TCP connection, past any proxy; whether it stood. */
  connectDirect(host: string, port: number): Promise<boolean>;
  /** Forgets scripts and failed proxies, and reads the settings anew, as a restart does. */
  start(): void;
}

export function createClient(init: ClientInit, dhcp: DhcpSpec, tools: ClientTools): Client {
  const { dialect, name } = init;
  const { pen, clock, net } = tools;
  const memory = new ProxyMemory(profileNamed(dialect.pac));
  let finder = routeFinder(init, dhcp, tools);
  let requests = 0;
  let started = false;

  const start = (): void => {
    started = true;
    finder = routeFinder(init, dhcp, tools);
    memory.clear();
    pen.write('client.started', {
      client: name,
      profile: dialect.name,
      address: init.host.ip,
      identity: init.identity,
    });
    for (const { name: setting, value, layer, origin, note, mark, overriddenBy } of settingLines(init.settings)) {
      pen.write('client.setting', { client: name, name: setting, value, layer, origin, note, mark, overriddenBy });
    }
  };

  const tryRoutes = async (routes: readonly string[], request: number, wire: WireRequest): Promise<Tried> => {
    const failed: string[] = [];
    let last = nothingTried;
    for (const [index, route] of failoverOrder(routes, memory, clock.now()).entries()) {
      pen.write('client.attempt', { client: name, request, route, attempt: index + 1 });
      const { conn, answer, trouble } = await attempt(route, wire, init, tools);
      const more =
        trouble !== null &&
        dialect.connect.failsOver(trouble) &&
        index + 1 < routes.length &&
        clock.now() < wire.deadline;
      last = { attempts: [...last.attempts, route], route, answer, trouble };
      pen.write('client.attempt-finished', {
        ...{ client: name, request, route, attempt: index + 1, conn },
        failure: trouble?.code ?? null,
        detail: trouble?.detail ?? null,
        next: trouble === null ? 'done' : more ? 'next-route' : 'stop',
      });
      if (trouble !== null) failed.push(route);
      if (!more) break;
    }
    memory.finished(failed, last.trouble === null ? last.route : null, clock.now());
    return last;
  };

  const carryOut = async (text: string, options: RequestOptions, tunnelOnly: boolean): Promise<RequestResult> => {
    if (!started) start();
    const url = new URL(text);
    const request = ++requests;
    const method = tunnelOnly ? 'CONNECT' : (options.method ?? 'GET');
    pen.write('client.request', { client: name, request, url: text, method });
    const deadline = dialect.request.limit === null ? Infinity : clock.now() + dialect.request.limit;
    const found = await finder.find(url, text, { request, leg: options.leg ?? 'cloud' });
    pen.write('client.routes', { client: name, request, routes: [...found.routes], why: found.why });
    const wire = { url, method, headers: headersFor(url, options, init), body: options.body, deadline, tunnelOnly };
    const tried = found.fault ? nothingTried : await tryRoutes(found.routes, request, wire);
    const { route, attempts, answer, trouble } = tried;
    const error = found.fault?.error ?? errorOf(tried, url, init);
    const status = answer?.status ?? trouble?.status ?? null;
    pen.write('client.finished', { client: name, request, url: text, route, status, error });
    await net.settled();
    return { route, status, attempts, error, body: answer?.body ?? null };
  };

  return {
    name,
    now: clock.now,
    start,
    request: (url, options) => carryOut(url, options, false),
    // Clients choose by URL; port 80 is what they know as http.
    tunnel: (to) => carryOut(`${to.endsWith(':80') ? 'http' : 'https'}://${to}/`, {}, true),
    async connectDirect(host, port) {
      if (!started) start();
      const connection = await reach({ host, port }, { deadline: Infinity, limit: null }, init, tools);
      if (connection.ok) connection.value.destroy();
      await net.settled();
      return connection.ok;
    },
  };
}

const nothingTried: Tried = { attempts: [], route: null, answer: null, trouble: null };

interface Tried {
  attempts: string[];
  route: string | null;
  answer: Answer | null;
  trouble: Trouble | null;
}

/** The client's own words: for a trouble, or for a status that counts as an error. */
function errorOf({ answer, trouble }: Tried, url: URL, { dialect }: ClientInit): ClientError | null {
  if (trouble)
    return trouble.code === 'proxy.auth' && answer && !dialect.request.statusIsError ? null : dialect.error(trouble);
  if (!answer || answer.status < 400 || !dialect.request.statusIsError) return null;
  const { status, reason } = answer;
  return dialect.error({
    where: 'origin',
    code: 'http.status',
    detail: `status ${status}`,
    host: url.hostname,
    scheme: url.protocol === 'https:' ? 'https' : 'http',
    status,
    reason,
  });
}

function headersFor(url: URL, options: RequestOptions, { dialect }: ClientInit): HeaderList {
  const headers = dialect.request.headers(url.host);
  const length: HeaderList =
    options.body === undefined ? [] : [['Content-Length', String(Buffer.byteLength(options.body))]];
  return [...headers, ...Object.entries(options.headers ?? {}), ...length];
}
