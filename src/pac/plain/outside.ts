/** What a plain script learns from outside during one request: from the session that serves the engine as well, and the clock. */
import { settingOf, type Fixed, type ResolveOptions, type Setting } from '../options.ts';
import type { Profile } from '../profile.ts';
import { Session } from '../session.ts';
import { unsureHere, type Value } from './machine.ts';

/** Thrown where the client ends a run, because it does not know an answer yet; always the same one. */
export class Abandoned extends Error {}
const abandoned = new Abandoned('the client starts the script again');

export class Outside {
  readonly #profile: Profile;
  #options: ResolveOptions & Partial<Fixed> = {};
  #setting: Setting | null = null;
  /** Of this request; null as long as nothing was asked. */
  session: Session | null = null;

  constructor(profile: Profile) {
    this.#profile = profile;
  }

  /** Before each request. */
  begin(options: ResolveOptions & Partial<Fixed>): void {
    this.#options = options;
    this.#setting = null;
    this.session = null;
  }

  /** True when the client throws the run away that has ended, and starts the script again. */
  startsAgain(): boolean {
    if (!this.session?.abandoned) return false;
    this.session.begin();
    return true;
  }

  /** True once the answer depends on a name, an own address, or the clock. */
  get dependent(): boolean {
    return this.#setting !== null || (this.session?.dependent ?? false);
  }

  /** Time and zone; the same all through a request. */
  get setting(): Setting {
    return (this.#setting ??= settingOf(this.#options));
  }

  /** Operations are those of the session. A resolver is left to the engine, which can wait, and NUL, which ends its texts. */
  ask(what: string, text: string): Value {
    if (this.#options.resolver || text.includes('\0')) unsureHere();
    const answer = this.#open().serve(what, text, 0);
    if (typeof answer === 'symbol') return unsureHere();
    if (typeof answer === 'number') throw abandoned;
    return answer;
  }

  #open(): Session {
    if (this.session) return this.session;
    const { random, myIp = [] } = this.#options;
    this.session = new Session({ profile: this.#profile, lookup: this.#options, myIp, random }, false);
    this.session.begin();
    return this.session;
  }
}
