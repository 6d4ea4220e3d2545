/**
 * What is known about a script that has been read, and saves asking the engine: the answers of plain scripts, and for pure
 * ones the helper calls behind an answer, which are found out when somebody reads them, by asking the engine once more.
 */
import type { Budget } from './limits.ts';
import { callsFrom } from './outcome.ts';
import type { Setting } from './options.ts';
import type { PlainScript } from './plain/index.ts';
import type { Profile } from './profile.ts';
import type { Realm } from './realm.ts';
import type { HelperCall, ScriptArguments } from './result.ts';
import { Session } from './session.ts';

export interface Shortcut {
  readonly plain: PlainScript | null;
  /** Whether asking twice is asking once. */
  readonly pure: boolean;
}

export const noShortcut: Shortcut = { plain: null, pure: false };

/** Reads a script that the engine has loaded and nobody has changed since. */
export async function shortcutFor(source: string, profile: Profile, entry: string): Promise<Shortcut> {
  const { plainScript } = await import('./plain/index.ts');
  const plain = plainScript(source, profile, entry);
  if (plain) return { plain, pure: true };
  const { isPure } = await import('./plain/pure.ts');
  return { plain: null, pure: isPure(source, (name) => Object.hasOwn(profile.helpers, name)) };
}

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
