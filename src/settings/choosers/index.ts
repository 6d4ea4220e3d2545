/** All ways to choose a proxy from settings. */
import type { Chooser } from '../choice.ts';
import type { ClientSettings } from '../layers.ts';
import { backend } from './backend.ts';
import { browser } from './browser.ts';
import { curl } from './curl.ts';
import { dotnet } from './dotnet.ts';
import { firefox } from './firefox.ts';
import { go } from './go.ts';
import { node } from './node.ts';
import { systemNet } from './system-net.ts';
import { winHttpLegacy } from './winhttp-legacy.ts';
import { winHttp } from './winhttp.ts';
import { winInet } from './wininet.ts';

export const choosers: readonly Chooser[] = [
  systemNet,
  winHttp,
  winHttpLegacy,
  winInet,
  backend,
  browser,
  firefox,
  curl,
  node,
  go,
  dotnet,
];

/** The chooser of that name on this machine: WinHTTP was another one in older Windows. */
export const chooserOn = ({ olderWindows }: ClientSettings, name: string): Chooser =>
  chooserFor(name === winHttp.name && olderWindows ? winHttpLegacy.name : name);

/** The chooser of that name; a miss is a bug of ours. */
export function chooserFor(name: string): Chooser {
  const chooser = choosers.find((candidate) => candidate.name === name);
  if (!chooser) throw new Error(`no chooser called '${name}'`);
  return chooser;
}
