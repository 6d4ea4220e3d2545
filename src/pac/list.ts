/**
 * Reads what FindProxyForURL returned.
 *
 * Routes are normalised: `PROXY host:port` (HTTP proxy), `HTTPS host:port`, `SOCKS4 host:port`, `SOCKS5 host:port`,
 * `DIRECT`. `PROXY <no-host>` is an entry that a client keeps although it has no usable host; `<unknown X>` one that
 * counts as a failed attempt.
 */
import { chromiumList } from './lists/chromium.ts';
import { dotnetFrameworkList } from './lists/dotnet-framework.ts';
import { firefoxList } from './lists/firefox.ts';
import { nodeList } from './lists/node.ts';
import { winhttpList } from './lists/winhttp.ts';
import type { Profile } from './profile.ts';

export interface RouteList {
  readonly routes: readonly string[];
  /** Why the client gives up on the list, where it does not go DIRECT. */
  readonly error: { readonly name: string; readonly message: string } | null;
}

export type RouteType = 'PROXY' | 'HTTPS' | 'SOCKS4' | 'SOCKS5';

const grammars: Readonly<Record<Profile['list'], (text: string) => RouteList>> = {
  chromium: chromiumList,
  firefox: firefoxList,
  winhttp: winhttpList,
  'dotnet-framework': dotnetFrameworkList,
  node: nodeList,
};

/** The routes this profile would try for a returned text, with what it makes of a hopeless list. */
export const readList = (text: string, profile: Profile): RouteList => grammars[profile.list](text);

/** The routes this profile would try for a returned text. */
export const parseList = (text: string, profile: Profile): readonly string[] => readList(text, profile).routes;
