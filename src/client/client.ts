/**
 * A client of the pretend world. For each URL: choose (settings) → discover → fetch → evaluate → select → connect.
 * What differs between clients is in the {@link Dialect}.
 */
import { ProxyMemory } from '../pac/index.ts';
import { settingLines } from '../settings/index.ts';
import type { ClientSettings } from '../settings/index.ts';
import type { ClientError, HeaderList } from '../trace/events.ts';
import type { CertificateDates } from '../net/certificates.ts';
import { failoverOf } from './dialect.ts';
import { Edits } from './edits.ts';
import { identityOf } from './identity.ts';
import { KeptLines } from './kept.ts';
import { withoutPasswords } from './mask.ts';
import { routeFinder } from './routes.ts';
import type { Leg } from './routes.ts';
import { reaches } from './reach.ts';
import { errorOf, tryRoutes } from './tried.ts';
import type { ClientInit, ClientTools, Network } from './tools.ts';

export interface RequestOptions {
  method?: string | undefined;
  headers?: Record<string, string> | undefined;
  body?: string | undefined;
  leg?: Leg | undefined;
  /** The connection stays open after the answer, and one that was kept for the same place and route is used. */
  keep?: boolean | undefined;
  /** FIN follows the request, and the answer is still waited for. */
  halfClose?: boolean | undefined;
  /** Milliseconds for this request as a whole, in place of the client's own limit. */
  limit?: number | undefined;
}

export interface RequestResult {
  route: string | null;
  status: number | null;
  /** Every route that was tried, in order. */
  attempts: string[];
  error: ClientError | null;
  body: Buffer | null;
}

export interface Client extends Disposable {
  readonly name: string;
  /** Lab time in milliseconds. */
  now(): number;
  request(url: string, options: RequestOptions): Promise<RequestResult>;
  /**
   * Opens a tunnel to `host:port` and closes it: CONNECT at a proxy, plain TCP without one. `scheme` is that of the URL
   * the route is chosen by; http for port 80 and https for all others unless given.
   */
  tunnel(to: string, scheme?: string): Promise<RequestResult>;
  /** Opens and closes a TCP connection, past any proxy; whether it stood. */
  connectDirect(host: string, port: number): Promise<boolean>;
  /** Forgets scripts and failed proxies, and reads the settings anew, as a restart does. */
  start(): void;
  /** From now on it shows a certificate of this name when a server asks; it is valid for so many milliseconds. */
  obtain: (certificate: string, validFor: number) => void;
  /** What it will read at its next start; until then it goes by what it has read. */
  edit(settings: ClientSettings): void;
  /** The machine is in another network now. A new address is what clients notice; a suffix or server alone is not. */
  network(now: Network): void;
}

/** A client without a limit of its own still has somebody in front of it who stops waiting: ten minutes here. */
const patience = 600_000;

const day = 86_400_000;

export function createClient(given: ClientInit, tools: ClientTools): Client {
  const init: ClientInit = { ...given };
  const { dialect, name } = init;
  const { pen, clock, net } = tools;
  const memory = new ProxyMemory({ failover: failoverOf(dialect) });
  let identity = identityOf(init, tools);
  const edits = new Edits(init, tools);
  const finder = routeFinder(init, tools);
  const kept = new KeptLines();
  let [requests, started] = [0, false];

  const drop = (): void => [finder, kept].forEach((one) => one.drop());
  const start = (): void => {
    started = true;
    drop();
    memory.clear();
    edits.apply();
    identity = identityOf(init, tools);
    tell(init, tools);
  };

  const carryOut = async (text: string, options: RequestOptions, tunnelOnly: boolean): Promise<RequestResult> => {
    if (!started) start();
    const url = new URL(text);
    const request = ++requests;
    const method = tunnelOnly ? 'CONNECT' : (options.method ?? 'GET');
    pen.write('client.request', { client: name, request, url: text, method });
    const deadline = clock.now() + (options.limit ?? dialect.request.limit ?? patience);
    const found = await finder.find(url, text, { request, leg: options.leg ?? 'cloud' });
    pen.write('client.routes', { client: name, request, routes: [...found.routes], why: found.why });
    const message = { url, method, headers: headersFor(url, options, init), body: options.body };
    const keeping = { deadline, tunnelOnly, kept: options.keep ? kept : null, ends: options.halfClose ?? false };
    const wire = { ...message, ...identity.present(found.credentials), ...keeping };
    const tried = await tryRoutes(found, { request, wire, memory }, init, tools);
    const { route, attempts, answer, trouble } = tried;
    const error = errorOf(tried, found, url, init);
    const status = answer?.status ?? trouble?.status ?? null;
    pen.write('client.finished', { client: name, request, url: text, route, status, error });
    await net.settled();
    await finder.catchUp();
    return { route, status, attempts, error, body: answer?.body ?? null };
  };

  return {
    name,
    now: clock.now,
    start,
    request: (url, options) => carryOut(url, options, false),
    tunnel: (to, scheme = schemeOf(to)) => carryOut(`${scheme}://${to}/`, {}, true),
    async connectDirect(host, port) {
      if (!started) start();
      return reaches({ host, port }, init, tools);
    },
    obtain: (name, validFor) => Object.assign(init, { certificates: [{ name, dates: datesFrom(clock, validFor) }] }),
    edit: (settings) => edits.put(settings),
    network(now) {
      if (!carry(init, now, tools)) return;
      if (dialect.network.forgetsBadProxies) memory.clear();
      finder.networkChanged();
    },
    [Symbol.dispose]: drop,
  };
}

/** Clients choose by URL; port 80 is what they know as http. */
const schemeOf = (to: string): string => (to.endsWith(':80') ? 'http' : 'https');

/** Whole days, so that labs of the same day share what they make. */
function datesFrom({ date }: Pick<ClientTools['clock'], 'date'>, validFor: number): CertificateDates {
  const today = Math.floor(date() / day) * day;
  return { notBefore: today, notAfter: today + validFor };
}

/** Into another network; whether the address is another one. */
function carry(init: ClientInit, { address, ownAddresses, suffix, dns, dhcp }: Network, { pen }: ClientTools): boolean {
  const moved = address !== init.host.ip;
  Object.assign(init, { host: { ...init.host, ip: address }, ownAddresses, suffix, dhcp });
  pen.write('client.network', { client: init.name, address, suffix, dns });
  return moved;
}

/** Who it is, and every setting it can read. */
function tell({ name, dialect, host, identity, settings }: ClientInit, { pen }: ClientTools): void {
  pen.write('client.started', { client: name, profile: dialect.name, address: host.ip, identity });
  for (const { name: setting, value, layer, origin, note, mark, overriddenBy } of settingLines(settings)) {
    const line = { name: setting, value: withoutPasswords(value), layer, origin, note, mark, overriddenBy };
    pen.write('client.setting', { client: name, ...line });
  }
}

function headersFor(url: URL, options: RequestOptions, { dialect }: ClientInit): HeaderList {
  const headers = dialect.request.headers(url.host);
  const length: HeaderList =
    options.body === undefined ? [] : [['Content-Length', String(Buffer.byteLength(options.body))]];
  return [...headers, ...Object.entries(options.headers ?? {}), ...length];
}
