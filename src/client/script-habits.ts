/** What a client does around a script that is no part of the language: what it hands over, how long it waits. */
import type { ProfileName } from '../pac/index.ts';

export interface ScriptHabits {
  /**
   * What the evaluator is given as URL. `text`: what the caller wrote, as WinHttpGetProxyForUrl takes it. `canonical`:
   * what a URL parser made of it first; System.Uri writes scheme and host in small letters too (its documentation).
   */
  url: 'text' | 'canonical';
  /** Milliseconds of running after which the client ends a script; null: it has no limit of its own. */
  timeLimit: number | null;
}

const winhttp: ScriptHabits = {
  url: 'text',
  // "Autoproxy issues in WinHTTP", written for Windows XP SP2 and Server 2003; nothing newer is known.
  timeLimit: 60_000,
};

const browser: ScriptHabits = {
  url: 'canonical',
  // None in the sources; measured: that load and all later ones hang.
  timeLimit: null,
};

export const scriptHabits: Readonly<Record<ProfileName, ScriptHabits>> = {
  chromium: browser,
  firefox: browser,
  winhttp,
  'dotnet-framework': { ...winhttp, url: 'canonical' },
  // None in the sources of pac-resolver and its engine.
  node: { url: 'canonical', timeLimit: null },
};
