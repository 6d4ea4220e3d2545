/**
 * The script a client works with, and when it looks for one again: after a success, after a failure by timer or on
 * request, after a change of network. The clocks stand in the PAC profile.
 */
import type { Choice } from '../settings/index.ts';
import type { Failure } from '../failure.ts';
import type { FetchRules } from '../pac/index.ts';
import { discoverByDhcp, discoverByDns, discoverConfigured } from './discover.ts';
import type { Search } from './discover.ts';
import { profileOf } from './dialect.ts';
import type { ScriptFailure } from './dialect.ts';
import { fetchScript } from './fetch-script.ts';
import type { Script } from './script.ts';
import type { ClientInit, ClientTools } from './tools.ts';

export type AutomaticChoice = Extract<Choice, { kind: 'automatic' }>;

/** A search for a script. */
type Searched = { script: Script } | { failure: ScriptFailure };

const nothingYet: ScriptFailure = { stage: 'discovery', code: 'dns.nxdomain', detail: 'no place to look for a script' };

export class ScriptKeeper {
  /** Why there is no script. */
  failure = nothingYet;
  readonly #init: ClientInit;
  readonly #tools: ClientTools;
  readonly #refresh: FetchRules['refresh'];
  #script: Script | undefined;
  #searched = false;
  #failures = 0;
  #checkedAt = -Infinity;
  /** A search that requests wait for. */
  #loading: Promise<void> | undefined;
  /** A request has found that it is time; the search follows the request. */
  #overdue: AutomaticChoice | undefined;
  #last: AutomaticChoice | undefined;
  /** A script that did not load; the same again is the same failure. */
  #broken: { body: Buffer; failure: ScriptFailure } | undefined;
  #callOff = (): void => undefined;
  /** Searches of a former life come to nothing. */
  #life = 0;

  constructor(init: ClientInit, tools: ClientTools) {
    this.#init = init;
    this.#tools = tools;
    this.#refresh = profileOf(init.dialect).fetch.refresh;
  }

  /** The script to use now; undefined when there is none. May wait for a search that is under way. */
  async current(choice: AutomaticChoice): Promise<Script | undefined> {
    this.#last = choice;
    await this.#loading;
    if (!this.#searched) await this.#load(choice);
    else if (this.#isDue(choice)) {
      if (this.#refresh.directWhileRetrying) this.#overdue = choice;
      else await this.#load(choice);
    }
    return this.#script;
  }

  /** The script does not load, which some clients count as a failed fetch. */
  broken(script: Script, failure: Failure): void {
    if (script !== this.#script || !this.#last) return;
    this.#broken = { body: script.body, failure: { ...failure, stage: 'script', url: script.found.url } };
    this.#keep({ failure: this.#broken.failure }, this.#last);
  }

  /** Carries out the search that a request has set off without waiting for it. */
  async catchUp(): Promise<void> {
    const choice = this.#overdue;
    this.#overdue = undefined;
    if (choice) await this.#look(choice);
  }

  /** The machine's address is another one. */
  networkChanged(): void {
    const { afterNetworkChange: delay } = this.#refresh;
    const choice = this.#last;
    if (delay === null || !choice) return;
    const { requestsWait, discoveredOnly } = this.#init.dialect.network;
    if (discoveredOnly === true && !choice.autoDetect) return;
    if (delay === 0 || requestsWait) this.drop();
    else this.#begin();
    if (delay === 0) return;
    if (requestsWait) this.#loading = this.#settle(choice, delay);
    else this.#callOff = this.#tools.clock.after(delay, () => void this.#load(choice));
  }

  /** Forgets everything; searches that are under way come to nothing. */
  drop(): void {
    this.#begin();
    this.#script?.retire();
    this.#script = undefined;
    this.#loading = undefined;
    this.#overdue = undefined;
    this.#searched = false;
    this.#failures = 0;
    this.failure = nothingYet;
  }

  #begin(): void {
    this.#life += 1;
    this.#callOff();
  }

  /** A change that follows soon makes this one void: its requests then wait for the later search. */
  async #settle(choice: AutomaticChoice, delay: number): Promise<void> {
    const life = this.#life;
    await this.#tools.clock.sleep(delay);
    if (life === this.#life) await this.#look(choice);
    else await this.#loading;
  }

  async #load(choice: AutomaticChoice): Promise<void> {
    const loading = this.#look(choice);
    this.#loading = loading;
    await loading;
  }

  async #look(choice: AutomaticChoice): Promise<void> {
    const life = this.#life;
    const result = await search(choice, this.#script, this.#init, this.#tools);
    const stale = life !== this.#life;
    const broken = 'script' in result && this.#broken?.body.equals(result.script.body) ? this.#broken : undefined;
    if ('script' in result && (stale || broken)) result.script.retire();
    if (!stale) this.#keep(broken ? { failure: broken.failure } : result, choice);
  }

  #keep(result: Searched, choice: AutomaticChoice): void {
    this.#searched = true;
    this.#checkedAt = this.#tools.clock.now();
    const script = 'script' in result ? result.script : undefined;
    if (script !== this.#script) this.#script?.retire();
    this.#script = script;
    if ('script' in result) {
      this.#failures = 0;
      return;
    }
    this.failure = result.failure;
    this.#failures += 1;
    this.#callOff();
    // Only the first retries run by themselves; the others wait for a request.
    if (this.#failures > this.#refresh.onTimer) return;
    const delay = retryDelay(this.#refresh, choice, this.#failures);
    this.#callOff = this.#tools.clock.after(delay, () => void this.#look(choice));
  }

  #isDue(choice: AutomaticChoice): boolean {
    const wait = this.#script ? this.#refresh.afterSuccess : retryDelay(this.#refresh, choice, this.#failures);
    return wait !== null && this.#tools.clock.now() >= this.#checkedAt + wait;
  }
}

/** The wait after the n-th failure in a row; the last of the list repeats. What the settings say stands before it. */
function retryDelay(
  { afterFailure }: FetchRules['refresh'],
  { retryInterval }: AutomaticChoice,
  failures: number,
): number {
  return retryInterval ?? afterFailure[Math.min(Math.max(failures, 1), afterFailure.length) - 1] ?? 0;
}

/** One place after the other; the next is asked only when the one before gave no usable script. */
async function search(
  choice: AutomaticChoice,
  before: Script | undefined,
  init: ClientInit,
  tools: ClientTools,
): Promise<Searched> {
  let failure = nothingYet;
  for await (const place of places(choice, init, tools)) {
    if (!place.found) {
      failure = { stage: 'discovery', ...place.failure };
      continue;
    }
    const fetched = await fetchScript(place.found, { before, limit: choice.downloadTimeout }, init, tools);
    if (fetched.ok) return { script: fetched.value };
    failure = { stage: 'fetch', url: place.found.url, ...fetched.failure };
  }
  return { failure };
}

/** Where to look, in order. DNS is not asked when DHCP gives a URL. */
async function* places(choice: AutomaticChoice, init: ClientInit, tools: ClientTools): AsyncGenerator<Search> {
  if (choice.autoDetect) {
    const byDhcp = await discoverByDhcp(init, tools);
    yield byDhcp;
    if (!byDhcp.found && byDhcp.next) yield await discoverByDns(init, tools);
  }
  if (choice.scriptUrl !== null) yield { found: discoverConfigured(choice.scriptUrl, init, tools) };
}
