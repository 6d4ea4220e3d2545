/** Traces of runs that never happened, for expectations and rules: written as the lab's own parts would. */
import type { CertificateView, EventMap, EventType, HeaderList, TraceEvent } from '../../src/trace/events.ts';

const clientIp = '10.20.0.10';
const proxyIp = '10.20.0.8';
const dns = '10.20.0.2:53';

export const certificate = (issuer: string, subject = 'tenant.msappproxy.net'): CertificateView => ({
  subject,
  issuer,
  names: [subject],
  notBefore: '2026-01-01T00:00:00Z',
  notAfter: '2027-01-01T00:00:00Z',
  chain: 2,
});

export interface Answer {
  status: number;
  headers?: HeaderList;
  /** Schemes of a 407. */
  schemes?: string[];
}

export class Story {
  readonly events: TraceEvent[] = [];
  at = 0;
  #conn = 0;
  #port = 49_152;
  #request = 0;
  readonly client: string;
  constructor(client = 'service') {
    this.client = client;
  }

  write<T extends EventType>(type: T, data: EventMap[T], by = `client:${this.client}`): this {
    this.events.push({ seq: this.events.length + 1, at: this.at, by, type, data } as TraceEvent);
    return this;
  }

  pass(ms: number): this {
    this.at += ms;
    return this;
  }

  step(step: number, body: (story: this) => unknown): this {
    this.write('step.started', { step, kind: 'fetch', says: 'a step' }, 'lab');
    body(this);
    return this.write('step.finished', { step }, 'lab');
  }

  start(): this {
    return this.write('client.started', {
      client: this.client,
      profile: 'dotnet-framework',
      address: clientIp,
      identity: 'network-service',
    });
  }

  setting(name: string, value: string, overriddenBy: string | null = null): this {
    const origin = { file: 'ApplicationProxyConnectorService.exe.config', line: 5, column: 14 };
    return this.write('client.setting', {
      client: this.client,
      name,
      value,
      layer: 'app-config',
      origin,
      note: null,
      mark: 'source',
      overriddenBy,
    });
  }

  /** Question and answer; no address: NXDOMAIN. */
  lookup(name: string, ip?: string): this {
    const common = { server: dns, client: clientIp, name, qtype: 'A', transport: 'udp' as const, id: 1 };
    this.write('dns.query', common, 'dns');
    this.write('dns.answer', { ...common, rcode: ip ? 'NOERROR' : 'NXDOMAIN', answers: ip ? [ip] : [] }, 'dns');
    return this.write('dns.resolved', {
      client: this.client,
      name,
      asked: [name],
      addresses: ip ? [ip] : [],
      failure: ip ? null : 'dns.nxdomain',
    });
  }

  /** DHCP has nothing; DNS has the host of the script, or not. */
  discover(ip?: string, name = 'wpad.corp.example'): this {
    const { client } = this;
    this.write('discovery.started', { client, source: 'dhcp', name: 'option 252' });
    this.write('discovery.finished', { client, source: 'dhcp', url: null, reason: 'no option 252' });
    this.write('discovery.started', { client, source: 'dns', name });
    this.lookup(name, ip);
    const url = ip ? `http://${name}/wpad.dat` : null;
    return this.write('discovery.finished', { client, source: 'dns', url, reason: ip ? null : 'dns.nxdomain' });
  }

  fetchScript(status = 200, type = 'application/x-ns-proxy-autoconfig'): this {
    const conn = this.open('10.20.0.5:80');
    const host = 'wpad.corp.example';
    const by = `host:${host}`;
    this.write('http.request', { conn, host, method: 'GET', target: '/wpad.dat', headers: [['Host', host]] }, by);
    this.write('http.response', { conn, host, target: '/wpad.dat', status, headers: [], length: 99 }, by);
    const accepted = status === 200;
    return this.write('pac.fetched', {
      client: this.client,
      url: `http://${host}/wpad.dat`,
      conn,
      status,
      bytes: 99,
      begins: '66756e6374696f6e2046696e6450726f',
      type,
      accepted,
      failure: accepted ? null : 'http.status',
      reason: accepted ? null : `status ${status}`,
    });
  }

  /** Begins a request; `tell` says what the client does for it. */
  request(url: string, tell: (request: RequestStory) => void): this {
    this.#request += 1;
    this.write('client.request', { client: this.client, request: this.#request, url, method: 'GET' });
    tell(new RequestStory(this, this.#request, url));
    return this;
  }

  open(to: string, from = clientIp): number {
    this.#conn += 1;
    this.write('tcp.opened', { conn: this.#conn, from: this.from(from), to }, 'net');
    return this.#conn;
  }

  refuse(to: string): this {
    return this.write('tcp.refused', { from: this.from(), to, how: 'rst', simulated: true });
  }

  /** Three SYNs in 21 s. */
  silence(to: string, by?: string): this {
    const from = this.from();
    for (const [retransmission, wait] of [3000, 6000, 12_000].entries()) {
      this.write('tcp.syn', { from, to, retransmission, simulated: true }, by);
      this.pass(wait);
    }
    return this.write('tcp.timeout', { from, to, afterMs: 21_000 }, by);
  }

  from(ip = clientIp): string {
    this.#port += 1;
    return `${ip}:${this.#port}`;
  }
}

const proxyRoute = 'PROXY proxy.corp.example:8080';

export class RequestStory {
  readonly story: Story;
  readonly request: number;
  readonly url: string;
  #attempt = 0;
  constructor(story: Story, request: number, url: string) {
    this.story = story;
    this.request = request;
    this.url = url;
  }

  get own() {
    return { client: this.story.client, request: this.request };
  }

  /** What the script was given, and the usual rest of an answer. */
  get handed() {
    return { url: this.url, host: new URL(this.url).hostname, runs: 1, calls: 0 };
  }

  routes(...routes: string[]): this {
    this.story.write('client.routes', { ...this.own, routes, why: 'because' });
    return this;
  }

  answered(...routes: string[]): this {
    const answer = routes.join('; ');
    this.story.write('pac.answered', {
      ...this.own,
      ...this.handed,
      answer,
      returned: 'string',
      routes,
      failedOpen: false,
    });
    return this.routes(...routes);
  }

  /** The script cannot be run; the client goes direct. */
  scriptFails(name = 'SyntaxError', phase = 'load'): this {
    const place = { line: 2, column: 39 };
    this.story.write('pac.failed', { ...this.own, phase, name, message: "expecting ')'", ...place });
    this.story.write('pac.answered', {
      ...this.own,
      ...this.handed,
      answer: null,
      returned: null,
      routes: ['DIRECT'],
      failedOpen: true,
    });
    return this.routes('DIRECT');
  }

  /** One attempt; `happens` gives its connection, if there was one. */
  attempt(route: string, failure: string | null, happens: () => number | undefined): this {
    this.#attempt += 1;
    const which = { ...this.own, route, attempt: this.#attempt };
    this.story.write('client.attempt', which);
    const conn = happens() ?? null;
    const next = failure === null ? 'done' : 'stop';
    this.story.write('client.attempt-finished', { ...which, conn, failure, detail: failure, next });
    return this;
  }

  silent(to = '203.0.113.10:443', route = 'DIRECT'): this {
    return this.attempt(route, 'tcp.timeout', () => {
      this.story.silence(to);
      return undefined;
    });
  }

  refused(to: string, route: string): this {
    this.#attempt += 1;
    const which = { ...this.own, route, attempt: this.#attempt };
    this.story.write('client.attempt', which).refuse(to);
    const outcome = { conn: null, failure: 'tcp.refused', detail: `${to} refused`, next: 'next-route' } as const;
    this.story.write('client.attempt-finished', { ...which, ...outcome });
    return this;
  }

  direct(to = '203.0.113.10:443', status = 200): this {
    return this.attempt('DIRECT', null, () => {
      const conn = this.story.open(to);
      this.origin(conn, status);
      return conn;
    });
  }

  /** CONNECT and its answer; a 2xx goes on to the destination unless `inside` says otherwise. */
  tunnel(answer: Answer, inside?: (conn: number, upstream: number) => string | null): this {
    const refusal = answer.status === 407 ? 'proxy.auth' : answer.status >= 300 ? 'proxy.status' : null;
    let failure = refusal;
    this.#attempt += 1;
    const which = { ...this.own, route: proxyRoute, attempt: this.#attempt };
    this.story.write('client.attempt', which);
    const conn = this.story.open(`${proxyIp}:8080`);
    this.connect(conn, answer);
    if (refusal === null) {
      const upstream = this.story.open('203.0.113.10:443', proxyIp);
      const { host, port, target } = this.target;
      this.story.write('proxy.tunnel', { proxy: 'edge', conn, upstream, target, host, port }, 'proxy:edge');
      if (inside) failure = inside(conn, upstream);
      else this.origin(upstream, 200);
    }
    const next = failure === null ? 'done' : 'stop';
    this.story.write('client.attempt-finished', { ...which, conn, failure, detail: failure, next });
    return this;
  }

  /** A plain request that the proxy answers by itself. */
  asked(answer: Answer): this {
    return this.attempt(proxyRoute, null, () => {
      const conn = this.story.open(`${proxyIp}:8080`);
      this.connect(conn, answer, 'GET');
      return conn;
    });
  }

  connect(conn: number, { status, headers = [], schemes = [] }: Answer, method = 'CONNECT'): void {
    const place = method === 'CONNECT' ? this.target : { ...this.target, target: this.url };
    const common = { proxy: 'edge', conn, ...place };
    const by = 'proxy:edge';
    this.story.write('proxy.request', { ...common, client: clientIp, method, headers: [] }, by);
    const { host, target } = this.target;
    if (status === 407) {
      this.story.write('proxy.challenged', { proxy: 'edge', conn, target, host, schemes, realm: 'CORP' }, by);
    }
    this.story.write('proxy.response', { ...common, method, status, reason: '', headers }, by);
  }

  handshake(conn: number, issuer: string, role: 'client' | 'server' = 'client', by?: string): this {
    const view = certificate(issuer);
    const seen = role === 'client' ? { peer: view, own: null } : { peer: null, own: view };
    const common = { version: 'TLSv1.2', cipher: 'x', alpn: null, serverName: this.target.host };
    this.story.write('tls.established', { conn, role, ...common, ...seen }, by);
    return this;
  }

  distrust(conn: number, issuer: string): this {
    const why = { code: 'tls.untrusted', detail: 'self-signed root', alert: 'unknown_ca', peer: certificate(issuer) };
    this.story.write('tls.failed', { conn, role: 'client', serverName: this.target.host, ...why });
    return this;
  }

  origin(conn: number, status: number, clientCertificate: string | null = 'connector'): this {
    const { host } = this.target;
    const by = `host:${host}`;
    const request = { conn, host, method: 'GET', target: '/', headers: [['Host', host]] as HeaderList };
    this.story.write('origin.request', { ...request, clientCertificate }, by);
    this.story.write('origin.response', { conn, host, target: '/', status, headers: [], length: 2 }, by);
    return this;
  }

  finish(
    status: number | null,
    route: string | null = 'DIRECT',
    error: Partial<EventMap['client.finished']['error']> = null,
  ): this {
    // A refusal of the proxy is told as what it is; a connection that never stood is a failure to connect.
    const name = error?.cause === 'proxy.auth' ? 'ProtocolError' : 'ConnectFailure';
    const said = error && { name, text: 'Unable to connect', cause: 'tcp.timeout', ...error };
    this.story.write('client.finished', { ...this.own, url: this.url, route, status, error: said });
    return this;
  }

  get target() {
    const { hostname: host, port, protocol } = new URL(this.url);
    const number = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
    return { target: `${host}:${number}`, host, port: number };
  }
}

export const service = 'https://tenant.msappproxy.net/bootstrap';
export const viaProxy = proxyRoute;
export const story = (client?: string): Story => new Story(client).start();
