/** A scenario played by a real browser beside the model: the same lab, the same steps, the same expectations. */
import type { Browser, RunningBrowser } from '../browser/browser.ts';
import { machineFor } from '../browser/machine.ts';
import type { Machine } from '../browser/machine.ts';
import { within } from '../browser/limit.ts';
import type { Environment } from '../browser/program.ts';
import { wallClock } from '../clock.ts';
import { diagnose } from '../diagnosis/index.ts';
import type { Finding } from '../finding.ts';
import { judge, seenFromOutside } from '../expect/index.ts';
import { startLab } from '../lab/lab.ts';
import type { Lab } from '../lab/lab.ts';
import { buildClients } from '../run/clients.ts';
import type { RunRecord } from '../run/record.ts';
import { runScenario } from '../run/run.ts';
import { skipped } from '../run/suite.ts';
import { clientSettingsOf } from '../scenario/client-settings.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { Scope } from '../scope.ts';
import { effectiveBrowser } from '../settings/own.ts';
import { verbOf } from '../step/spec.ts';
import type { NetworkChange, StageClient } from '../step/step.ts';
import type { TraceEvent } from '../trace/events.ts';
import { castFor } from './cast.ts';
import { asCaptured, readCables, watchCable } from './cable.ts';
import type { Captured } from './cable.ts';
import { compare } from './compare.ts';
import { playedBy, whyNot } from './sensible.ts';
import { withAccounts, withoutErrands } from './told.ts';
import type { Account } from './told.ts';
import { wire } from './wiring.ts';

export interface BesideOptions {
  browser: Browser;
  /** The program's path. */
  program: string;
  env: Environment;
  /** Limit of one run in wall time, in milliseconds. */
  timeout: number;
  signal?: AbortSignal | undefined;
}

/** What the start and the end of a browser may take beside the run itself. */
const overhead = 15_000;

/** Skipped with a reason where a browser cannot play it; broken where the machine failed. */
export async function runBeside(given: Scenario, options: BesideOptions): Promise<RunRecord> {
  const { browser, timeout } = options;
  const { scenario, instead } = castFor(given, browser.profile);
  const said = await runScenario(scenario, { clock: 'virtual', bytes: true, timeout });
  const beside = { client: `real:${browser.name}`, ...(instead === undefined ? {} : { instead }) };
  const why = whyNot(scenario, said, { profile: browser.profile, patience: timeout - overhead });
  if (why !== undefined) return { ...skipped(scenario), beside: { ...beside, skipped: why, rows: [] } };
  const began = wallClock();
  const { broken, events, findings } = await played(scenario, said, options);
  const judged = judgeServed(scenario, said, { events, findings }, instead !== undefined);
  const clients = playedBy(scenario, browser.profile).flatMap((name) => {
    const spec = scenario.model.clients[name];
    return spec ? [{ name, address: spec.address }] : [];
  });
  const addresses = clients.map(({ address }) => address);
  const expected = { events: said.events, findings: diagnose(await asCaptured(said.events, addresses)) };
  const rows = broken === undefined ? compare(expected, { events, findings }, clients) : [];
  return {
    ...said,
    verdict: broken !== undefined ? 'broken' : judged.every(({ passed }) => passed) ? 'passed' : 'failed',
    ...(broken === undefined ? {} : { broken: { message: broken } }),
    expectations: judged.map(({ at: { line, column }, ...rest }) => ({ ...rest, at: { line, column } })),
    findings,
    events,
    wallMs: Math.round((wallClock() - began) * 10) / 10,
    labMs: events.at(-1)?.at ?? 0,
    beside: { ...beside, rows },
  };
}

/** What the lab saw. In another's place, what the model itself does not do with this profile is asked of nobody. */
function judgeServed(
  { model, at }: Scenario,
  said: RunRecord,
  did: Pick<RunRecord, 'events' | 'findings'>,
  isGuest: boolean,
) {
  const { spec } = seenFromOutside(model.expect);
  if (!spec) return [];
  const served = { ...spec, diagnosis: undefined };
  const ask = (of: typeof did) => judge(served, of, { at: (path) => at(['expect', ...path]) });
  const byModel = isGuest ? ask(said) : [];
  return ask(did).filter((_, index) => byModel[index]?.passed !== false);
}

async function played(
  scenario: Scenario,
  said: RunRecord,
  options: BesideOptions,
): Promise<{ broken?: string; events: TraceEvent[]; findings: Finding[] }> {
  try {
    await using scope = new Scope();
    const lab = scope.use(await startLab(scenario, { clock: 'real', bytes: false }));
    const accounts: Account[] = [];
    const work = play(scenario, lab, accounts, scope, { ...options, longest: said.labMs });
    const { events, unanswered } = await within(options.timeout + overhead, 'the run', work);
    const all = withAccounts(withoutErrands([...lab.trace.events, ...unanswered]), accounts);
    return { events: all, findings: diagnose(withoutErrands(events)) };
  } catch (error) {
    if (options.signal?.aborted) throw error;
    return { broken: error instanceof Error ? error.message : String(error), events: [], findings: [] };
  }
}

interface Playing extends BesideOptions {
  /** How long the model took in all, in milliseconds. */
  longest: number;
}

async function play(
  scenario: Scenario,
  lab: Lab,
  accounts: Account[],
  scope: Scope,
  options: Playing,
): Promise<Captured> {
  const names = playedBy(scenario, options.browser.profile);
  const machines = new Map<string, Machine>();
  for (const [number, name] of names.entries())
    machines.set(name, scope.use(await machineOf(scenario, name, number, options)));
  const callers = names.map((name, number) => ({
    name,
    address: scenario.model.clients[name]?.address ?? '',
    cable: `client${number}`,
  }));
  const wiring = await wire(lab, scenario.model.lab, callers, options.env);
  scope.defer(() => wiring[Symbol.asyncDispose]());
  const watches = [];
  for (const { name, cable } of callers) {
    const folder = machines.get(name)?.folder ?? '';
    watches.push(scope.use(await watchCable(cable, folder, options.env)));
  }
  const actors = new Map<string, Actor>();
  for (const [name, machine] of machines)
    actors.set(name, scope.use(new Actor(name, { scenario, lab, machine, options, accounts })));
  using others = buildClients(scenario, lab);
  for (const parsed of scenario.model.steps) {
    const { step, options: wish } = verbOf(parsed);
    await step.run(wish, {
      clock: lab.clock,
      change: lab.change,
      client: (name) => actors.get(name) ?? (others.get(name) as StageClient),
    });
    options.signal?.throwIfAborted();
  }
  for (const actor of actors.values()) await actor.finish();
  return readCables(await Promise.all(watches.map((watch) => watch.end())), lab.clock);
}

const searchOf = ({ model }: Scenario, name: string): readonly string[] => {
  const { dns } = model.lab;
  const suffix = model.clients[name]?.suffix === undefined ? (dns.suffix ?? null) : model.clients[name].suffix;
  return dns.search ?? (suffix === null ? [] : [suffix]);
};

function machineOf(scenario: Scenario, name: string, number: number, { env }: BesideOptions): Promise<Machine> {
  const { model } = scenario;
  const { address = '', ipv6 } = model.clients[name] ?? {};
  return machineFor({ address, ipv6, dns: model.lab.dns.address, search: searchOf(scenario, name), number, env });
}

interface Surroundings {
  scenario: Scenario;
  lab: Lab;
  machine: Machine;
  options: Playing;
  accounts: Account[];
}

/** A client of the scenario, played by a browser on a machine of its own. */
class Actor implements StageClient, AsyncDisposable {
  readonly #name: string;
  readonly #around: Surroundings;
  readonly #visits: Account['visits'][number][] = [];
  #browser: RunningBrowser | undefined;

  constructor(name: string, around: Surroundings) {
    this.#name = name;
    this.#around = around;
  }

  async request(url: string) {
    this.#browser ??= await this.#launch();
    await this.#browser.visit(url, this.#around.options.longest + 12_000);
    return { route: null, status: null, error: null };
  }

  async start(): Promise<void> {
    await this.#end();
    this.#browser = await this.#launch();
  }

  async network({ address, suffix, dns }: NetworkChange): Promise<void> {
    const { scenario, machine } = this.#around;
    const search = suffix === undefined ? searchOf(scenario, this.#name) : suffix === null ? [] : [suffix];
    await machine.move(address ?? null, dns ?? scenario.model.lab.dns.address, search);
  }

  tunnel = unable;
  visit = unable;
  edit = (): void => void unable();

  async finish(): Promise<void> {
    await this.#end();
    this.#around.accounts.push({ name: this.#name, visits: this.#visits });
  }

  async #end(): Promise<void> {
    const browser = this.#browser;
    this.#browser = undefined;
    if (browser) this.#visits.push(...(await browser.close()));
  }

  async #launch(): Promise<RunningBrowser> {
    const { scenario, lab, machine, options } = this.#around;
    const spec = scenario.model.clients[this.#name];
    if (!spec) throw new Error(`no client ${this.#name}`);
    const given = clientSettingsOf(spec, scenario.files);
    const isOwn = given.browser !== undefined && given.browser.mode !== 'system';
    const settings = { own: isOwn, ...effectiveBrowser(given) };
    const trust = await Promise.all(
      spec.trust.map(async (entry) => (entry.includes('-----BEGIN') ? entry : (await lab.pki.authority(entry)).pem)),
    );
    const [own] = spec.certificates;
    const leaf = typeof own === 'string' ? await lab.pki.clientCertificate(own) : undefined;
    return options.browser.start(options.program, {
      machine,
      settings,
      trust,
      certificate: leaf ? { certificate: leaf.chainPem, key: leaf.keyPem } : null,
      credentials: spec.credentials ?? null,
      now: lab.clock.now,
      env: options.env,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser?.[Symbol.asyncDispose]();
  }
}

const unable = (): Promise<never> => Promise.reject(new Error('a browser was asked for what it cannot do'));
