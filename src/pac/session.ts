/**
 * What the script may ask of the outside during one request: names, own addresses, alerts, chance. It serves one or more
 * runs of the script and keeps the client's own bookkeeping of them.
 */
import { isAddress, isIPv4 } from './address.ts';
import { pending, type HostAnswer, type Serve } from './host.ts';
import { Lookups, type LookupOptions } from './lookup.ts';
import { inPrefix, sortAddresses } from './prefix.ts';
import type { Profile } from './profile.ts';

export interface SessionOptions {
  readonly profile: Profile;
  readonly lookup: LookupOptions;
  readonly myIp: readonly string[];
  readonly random: (() => number) | undefined;
}

/** Bytes of buffered alerts after which Chromium stops restarting and blocks; each costs 32 and its UTF-16 text. */
const alertBudget = 2048;

export class Session {
  readonly #options: SessionOptions;
  readonly #answered = new Map<string, HostAnswer>();
  #lookups: Lookups | null = null;
  #asked = 0;
  #askedBefore = 0;
  #alertCost = 0;
  #awaited: { what: string; text: string } | null = null;
  #blocking: boolean;
  #abandoned = false;
  #alerts: string[] | null = null;
  runs = 0;
  /** True once the answer depends on the outside: on a name, an own address, or chance. */
  dependent = false;

  constructor(options: SessionOptions, blocking: boolean) {
    this.#options = options;
    this.#blocking = blocking || options.profile.dns.mode === 'blocking';
  }

  /** True while a run that is cut short leaves no trace: the client waits inside it, only our engine cannot. */
  get blocking(): boolean {
    return this.#blocking;
  }

  /** True when the client throws the result of this run away and starts the script again. */
  get abandoned(): boolean {
    return this.#abandoned;
  }

  get alerts(): readonly string[] {
    return this.#alerts ?? nothing;
  }

  /** Different names asked so far, in order. */
  get names(): readonly string[] {
    return this.#lookups?.names ?? nothing;
  }

  /** Before each run. */
  begin(): void {
    if (this.#awaited) {
      const { what, text } = this.#awaited;
      this.#awaited = null;
      this.#answered.set(`${what} ${text}`, this.#find(what, text));
    }
    this.#asked = 0;
    this.#alertCost = 0;
    this.#abandoned = false;
    this.#alerts = null;
    this.runs++;
  }

  /** Waits for the answer a run was ended for; false when there was none to wait for. */
  fill(): Promise<boolean> {
    return this.#lookups?.fill() ?? Promise.resolve(false);
  }

  readonly serve: Serve = (what, text) => this.#answer(what, text);

  #answer(what: string, text: string): HostAnswer {
    switch (what) {
      case 'alert':
        return this.#alert(text);
      case 'quoted alert':
        return this.#alert(JSON.parse(text) as string); // a text with NUL, quoted by our prelude
      case 'random':
        this.dependent = true;
        return this.#options.random?.() ?? 0;
      case 'isAddress':
        return isAddressForm(text);
      case 'inPrefix':
        return inPrefix(text, { mapped: true, shortened: false });
      case 'inOwnPrefix':
        return inPrefix(text, { mapped: false, shortened: true });
      case 'sortAddresses':
        return sortAddresses(text);
      default:
        this.dependent = true;
        return this.#blocking ? this.#limited(what, text) : this.#restarting(what, text);
    }
  }

  #alert(text: string): HostAnswer {
    (this.#alerts ??= []).push(text);
    this.#alertCost += 32 + 2 * text.length;
    if (!this.#blocking && this.#alertCost > alertBudget) {
      this.#blocking = true;
      this.#abandoned = true; // this run goes on to its end, and is then thrown away
    }
    return this.#abandoned;
  }

  /**
   * Chromium: each new question dooms the run, and the answer is there when the script asks again from the top. The
   * doomed run goes on with failed lookups until V8 looks at its stop flag (see `termination.ts`).
   */
  #restarting(what: string, text: string): HostAnswer {
    if (this.#abandoned) return doomed(what);
    if (text === '' && !what.startsWith('myIp')) return failed(what); // no question at all
    this.#asked++;
    const key = `${what} ${text}`;
    const known = this.#answered.get(key);
    if (known !== undefined) return known;
    this.#abandoned = true;
    if (this.#asked <= this.#askedBefore) {
      this.#blocking = true; // other questions than last time: Chromium gives up and blocks
      return doomed(what);
    }
    if (this.#answered.size >= (this.#options.profile.dns.lookupLimit ?? Infinity)) {
      this.#abandoned = false;
      return failed(what);
    }
    const answer = this.#find(what, text);
    if (answer === pending) this.#awaited = { what, text };
    else this.#answered.set(key, answer);
    this.#askedBefore = this.#asked;
    return doomed(what);
  }

  #limited(what: string, text: string): HostAnswer {
    const key = `${what} ${text}`;
    const known = this.#answered.get(key);
    if (known !== undefined) return known;
    if (this.#answered.size >= (this.#options.profile.dns.lookupLimit ?? Infinity)) return failed(what);
    const answer = this.#find(what, text);
    if (answer !== pending) this.#answered.set(key, answer);
    return answer;
  }

  #find(what: string, text: string): HostAnswer {
    const { myIp } = this.#options;
    if (what === 'myIp') return myIp.find(isIPv4) ?? myIp[0] ?? '127.0.0.1';
    if (what === 'myIpv4') return myIp.find(isIPv4) ?? '127.0.0.1';
    if (what === 'myIpAll') return myIp.join(';');
    this.#lookups ??= new Lookups(this.#options.lookup, this.#options.profile.dns);
    const found = this.#lookups.ask(text, what === 'A' ? 'A' : 'any');
    if (found === 'pending') return pending;
    if (!found) return failed(what);
    return what === 'all' ? found.join(';') : (found[0] ?? null);
  }
}

/** What a lookup gives when it fails: "" for lists and own addresses, null otherwise. */
const failed = (what: string): HostAnswer =>
  what === 'all' || what === 'myIpAll' ? '' : what === 'myIp' ? '127.0.0.1' : null;

/** The same as a code by which the prelude knows that the run is doomed. */
function doomed(what: string): HostAnswer {
  const value = failed(what);
  return value === null ? 1 : value === '' ? 2 : 3;
}

const nothing: readonly string[] = [];

/** A literal in any form Chromium's URL parser reads as an address, IPv6 without brackets. */
function isAddressForm(text: string): boolean {
  return isAddress(text) || (!text.includes(':') && /^[0-9]/.test(text) && looseForm(text));
}

function looseForm(text: string): boolean {
  return URL.canParse(`http://${text}/`) && /^\d+\.\d+\.\d+\.\d+$/.test(new URL(`http://${text}/`).hostname);
}
