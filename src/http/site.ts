/** One host of the scenario as it serves: its resources, its rules, its certificate, its part in the trace. */
import type { Clock } from '../clock.ts';
import type { Leaf, Pki, Revocation } from '../net/certificates.ts';
import { entryFor } from '../registry.ts';
import { Rulebook } from '../rules.ts';
import type { Rule } from '../rules.ts';
import type { HeaderList } from '../trace/events.ts';
import type { Pen } from '../trace/trace.ts';
import type { HostBehaviour, HostRequest, Reply, Said } from './behaviour.ts';
import { headerOf } from './body.ts';
import { behaviours } from './behaviours/index.ts';
import { accepts, gzipped } from './coding.ts';
import { authoritiesIn, notAProxy, prepare, servesScript, shelf } from './content.ts';
import type { Files, Prepared, Shelf } from './content.ts';
import { questionIn } from './ocsp.ts';
import { httpOf } from './spec.ts';
import type { HostRules, HostSpec, HttpsSpec, Resource } from './spec.ts';
import { handshakeReply } from './web-socket.ts';

type Behaviour = HostRules[number]['then'];

export interface SiteTools {
  clock: Clock;
  pki: Pki;
  files: Files;
  /** What becomes of a proxy script on its way to a program outside the lab. */
  scriptOutside?: { rewrite: (body: Buffer) => Buffer };
  /** What the scenario calls the client at an address; `when.client` then matches that name. */
  nameOfClient?: ((ip: string) => string | undefined) | undefined;
}

/** A request as the site sees it, and what TLS told about the client. */
export interface Visit extends HostRequest {
  conn: number;
  secure: boolean;
  /** From a program outside the lab. */
  outside?: boolean;
  /** The subject of the client's certificate, when it counts. */
  clientCertificate: string | null;
  /** What stays with the connection. */
  memory: Map<string, unknown>;
}

/** Where on a host a resource is. */
export interface ResourcePlace {
  scheme: 'http' | 'https';
  path: string;
}

export class Site {
  readonly name: string;
  readonly pen: Pen;
  readonly https: HttpsSpec | undefined;
  readonly #spec: HostSpec;
  readonly #tools: SiteTools;
  readonly #isScriptHost: boolean;
  readonly #plain: Shelf;
  readonly #secure: Shelf;
  readonly #withoutCertificate: Prepared | undefined;
  readonly #rulebook: Rulebook<Behaviour>;
  readonly #revocations = new Map<string, Revocation>();

  /** `pen` writes in the name of this host. */
  constructor(name: string, spec: HostSpec, pen: Pen, tools: SiteTools) {
    const { files, clock } = tools;
    const plain = httpOf(spec)?.paths ?? {};
    const secure = spec.https?.paths ?? {};
    this.name = name;
    this.pen = pen;
    this.https = spec.https;
    this.#spec = spec;
    this.#tools = tools;
    this.#isScriptHost = servesScript(name, plain, secure);
    this.#plain = shelf(plain, files);
    this.#secure = shelf(secure, files);
    const refusal = spec.https?.withoutCertificate;
    this.#withoutCertificate = refusal && prepare(refusal, files);
    this.#rulebook = new Rulebook(this.#withDefault(spec.rules), () => clock.now());
  }

  /** Authorities that speak here are made before the lab's clock runs. */
  async prepare(): Promise<void> {
    for (const name of authoritiesIn(httpOf(this.#spec)?.paths ?? {}, this.https?.paths ?? {}))
      this.#revocations.set(name, await this.#tools.pki.revocation(name));
  }

  /** New rules, counted from the start; `behaviour` still stands behind them. */
  change(rules: readonly Rule<Behaviour>[]): void {
    this.#rulebook.change(this.#withDefault(rules));
  }

  /** Another content at a path from now on; null: nothing is there any more. */
  place({ scheme, path }: ResourcePlace, resource: Resource | null): void {
    (scheme === 'https' ? this.#secure : this.#plain).change(path, resource);
  }

  /** The certificate of today. */
  leaf(): Promise<Leaf> {
    const given = this.https?.certificate ?? 'public-ca';
    const {
      authority,
      fault = [],
      names,
      intermediate,
    } = typeof given === 'string' ? { authority: given, intermediate: false } : given;
    return this.#tools.pki.leaf({ names: names ?? [this.name], authority, faults: [fault].flat(), intermediate });
  }

  /** Writes the request down and says what goes back. */
  visit(visit: Visit): Said {
    const { conn, method, target, headers, clientCertificate } = visit;
    const common = { conn, host: this.name, method, target, headers };
    if (this.#isScriptHost) this.pen.write('http.request', common);
    else this.pen.write('origin.request', { ...common, clientCertificate });
    const healthy = this.#healthy(visit);
    const { delay, gzip = false, webSocket = false } = healthy;
    const own = webSocket ? handshakeReply(headers) : this.#signed(healthy, visit);
    const plain = visit.outside ? this.#forOutside(own) : own;
    const reply = gzip && accepts(headers, 'gzip') ? gzipped(plain) : plain;
    const options = this.#rulebook.pick(this.#subject(visit));
    if (!options) return { reply, after: delay };
    // The schema of the rules has matched these options with this entry.
    const entry = entryFor<HostBehaviour>(behaviours, options);
    this.pen.write('lab.behaviour', { part: `host:${this.name}`, kind: options.kind, says: entry.explain(options) });
    const { memory } = visit;
    const date = this.#tools.clock.date();
    return entry.answer({ request: visit, healthy: reply, host: this.name, date, memory, conn }, options);
  }

  /** Writes down what is sent: the head as it is on the wire, and how much body goes with it. */
  answered({ conn, target }: Visit, status: number, headers: HeaderList, length: number): void {
    const data = { conn, host: this.name, target, status, headers, length };
    this.pen.write(this.#isScriptHost ? 'http.response' : 'origin.response', data);
  }

  #forOutside(reply: Reply): Reply {
    const { scriptOutside } = this.#tools;
    return scriptOutside && this.#isScriptHost ? { ...reply, body: scriptOutside.rewrite(reply.body) } : reply;
  }

  #signed({ reply, revocation }: Prepared, visit: Visit): Reply {
    const authority = revocation && this.#revocations.get(revocation.authority);
    if (!authority) return reply;
    return { ...reply, body: revocation.as === 'crl' ? authority.list() : authority.answer(questionIn(visit)) };
  }

  #healthy({ method, target, secure, clientCertificate }: Visit): Prepared {
    if (method === 'CONNECT') return notAProxy;
    if (secure && clientCertificate === null && this.#withoutCertificate) return this.#withoutCertificate;
    return (secure ? this.#secure : this.#plain).find(pathOf(target));
  }

  #subject({ target, method, headers, client }: Visit): Record<string, unknown> {
    return {
      path: pathOf(target),
      method,
      host: headerOf(headers, 'host') ?? null,
      client: this.#tools.nameOfClient?.(client) ?? client,
      'user-agent': headerOf(headers, 'user-agent') ?? null,
    };
  }

  #withDefault(rules: readonly Rule<Behaviour>[]): Rule<Behaviour>[] {
    const { behaviour } = this.#spec;
    return behaviour ? [...rules, { then: behaviour }] : [...rules];
  }
}

/** Origin form or absolute form, without the query. */
const pathOf = (target: string): string =>
  target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, '').replace(/\?.*$/s, '') || '/';
