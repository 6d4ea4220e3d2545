/** A lab that a program drives: `await using lab = await startLab('scenarios/auth/auth-407-connect.yaml')`. */
import type { RequestOptions, RequestResult } from '../client/index.ts';
import { diagnose } from '../diagnosis/index.ts';
import { parseDuration } from '../duration.ts';
import { InputError } from '../failure.ts';
import type { Finding } from '../finding.ts';
import { startLab as startParts } from '../lab/lab.ts';
import { buildClients } from '../run/clients.ts';
import { changeSchema } from '../scenario/changes.ts';
import { Scope } from '../scope.ts';
import type { TraceEvent } from '../trace/events.ts';
import { environmentOf } from '../publish/environment.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { trustFor, writeCapture } from './files.ts';
import { loadSource } from './load.ts';
import type { ScenarioSource } from './load.ts';

export interface StartOptions {
  /** `real` when programs outside the lab take part; they cannot be counted by a virtual clock. */
  clock?: 'virtual' | 'real';
  /** Which row of a matrix; the first unless given. */
  row?: number;
  /** Keeps every byte for captures; unless it is false. */
  capture?: boolean;
}

export interface OpenProxy {
  /** The story's address, and where a program outside the lab reaches it. */
  readonly address: string;
  readonly url: string;
}

export interface OpenClient {
  /** Settles with an answer or an error, never rejects for what happens in the lab. */
  fetch(url: string, options?: RequestOptions): Promise<RequestResult>;
  /** Reads its settings anew and runs its program. */
  start(): Promise<void>;
}

export interface OpenLab extends AsyncDisposable {
  readonly proxies: Readonly<Record<string, OpenProxy>>;
  readonly dns: { readonly address: string; readonly udpPort: number; readonly tcpPort: number };
  /** PEM of an authority of the lab: `public-ca`, `inspection-ca`, any other name. */
  ca(name?: string): Promise<string>;
  /**
   * Variables for a program outside: the first proxy, and a file with the authorities that the first client of the
   * scenario trusts. The file goes with the lab. The lab needs a real clock then.
   */
  readonly env: Readonly<Record<string, string>>;
  readonly events: readonly TraceEvent[];
  readonly clock: { now(): number; advance(duration: string): Promise<void> };
  client(name: string): OpenClient;
  /** As a `change` step: `change('proxies.edge.behaviour', 'deny')`. Throws InputError. */
  change(path: string, value: unknown): void;
  /** Findings of everything that has happened so far. */
  diagnose(): Finding[];
  /** Writes what has happened so far: for Wireshark, or as `.har` or `.ndjson`, by the name of the file. */
  capture(file: string): Promise<void>;
}

/** Throws InputError for a bad scenario, LabError for a lab that cannot start. */
export async function startLab(
  source: ScenarioSource,
  { clock = 'virtual', row = 0, capture = true }: StartOptions = {},
): Promise<OpenLab> {
  const scenario = (await loadSource(source, { mayExpectNothing: true }))[row];
  if (!scenario) throw new InputError([{ message: `there is no row ${row} in this scenario` }]);
  await using scope = new Scope();
  const lab = scope.use(await startParts(scenario, { clock, bytes: capture }));
  const clients = buildClients(scenario, lab);
  const proxies = Object.fromEntries(
    [...lab.proxies].map(([name, { at, real }]) => [
      name,
      { address: `${at.ip}:${at.port}`, url: `${schemeOf(scenario, name)}://${real.host}:${real.port}` },
    ]),
  );
  const [first] = Object.values(proxies);
  const trust = scope.use(await trustFor(scenario, lab));
  const owned = scope.move();
  return {
    proxies,
    dns: { address: lab.dns.address, udpPort: lab.dns.real.udp.port, tcpPort: lab.dns.real.tcp.port },
    ca: async (name = 'public-ca') => (await lab.pki.authority(name)).pem,
    env: environmentOf(first?.url ?? '', trust.file),
    get events() {
      return lab.trace.events;
    },
    clock: { now: lab.clock.now, advance: (text) => lab.clock.sleep(durationOf(text)) },
    client(name) {
      const client = clients.get(name);
      if (!client) throw new InputError([{ message: `there is no client '${name}' in this scenario` }]);
      return { fetch: (url, options = {}) => client.request(url, options), start: client.start };
    },
    change: (path, value) => lab.change(path, checked(path, value)),
    diagnose: () => diagnose(lab.trace.events),
    capture: (file) => writeCapture(file, scenario, lab),
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}

const schemeOf = ({ model }: Scenario, proxy: string): string => (model.lab.proxies[proxy]?.tls ? 'https' : 'http');

function durationOf(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new InputError([{ message: `'${text}' is no duration`, hint: 'such as 30s or 10m' }]);
  return ms;
}

function checked(path: string, value: unknown): unknown {
  const parsed = changeSchema(path)?.schema.safeParse(value);
  if (!parsed) throw new InputError([{ message: `'${path}' names nothing that can change` }]);
  if (!parsed.success) throw new InputError(parsed.error.issues.map(({ message }) => ({ message, path })));
  return value;
}
