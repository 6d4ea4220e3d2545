/** Helper calls of scripts that keep no state: found out when somebody reads them, by asking the engine once more. */
import type { Budget } from './limits.ts';
import { callsFrom } from './outcome.ts';
import type { Setting } from './options.ts';
import type { Profile } from './profile.ts';
import type { Realm } from './realm.ts';
import type { HelperCall, ScriptArguments } from './result.ts';
import { Session } from './session.ts';

/** The environment in which calls are found out afterwards. It lives as long as a result that may still ask for them. */
export class Replay {
  readonly #profile: Profile;
  /** The newest one of a script that keeps no state. */
  realm: Realm | null = null;
  /** True once a result depends on it. */
  owed = false;

  constructor(profile: Profile) {
    this.#profile = profile;
  }

  /** The helper calls of a request that asked for no name. */
  calls(script: ScriptArguments, setting: Setting, budget: Budget): readonly HelperCall[] {
    const { realm } = this;
    if (!realm || realm.broken) return [];
    if (realm.busy) throw new Error('helper calls cannot be read from within a resolver');
    const session = new Session({ profile: this.#profile, lookup: {}, myIp: [], random: undefined }, false);
    realm.setting(setting.now, setting.zone);
    session.begin();
    const end = realm.call(script.url, script.host, { serve: session.serve, budget, trace: true });
    return end.kind === 'text' && !realm.broken ? callsFrom(realm.progress(), this.#profile) : [];
  }
}
