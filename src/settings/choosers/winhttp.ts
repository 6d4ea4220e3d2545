/**
 * WinHTTP with its automatic proxy: certificate checks, and most likely the way to backends. The machine's own WinHTTP
 * proxy (netsh) first, then the settings of the account with discovery and script. It sees no `.exe.config`.
 * Documented for Windows 10 and Server 2016 on; that the connector's backend leg uses it is inferred.
 */
import { direct, fixed, routesOf } from '../choice.ts';
import type { Choice, Chooser, Destination } from '../choice.ts';
import { isLoopback } from '../bypass.ts';
import type { ClientSettings, Reason } from '../layers.ts';
import { netshReasons, reason } from '../reason.ts';
import { discoveryIsOff, effectiveSystem } from '../system.ts';
import { winHttpStatic } from '../winhttp-static.ts';

export const winHttp: Chooser = {
  name: 'winhttp',
  summary: 'WinHTTP automatic proxy: netsh winhttp, then the settings of the account.',
  choose(settings, destination) {
    const machine = fromNetsh(settings, destination);
    if (machine) return machine;
    const choice = fromAccount(settings, destination, 'netsh winhttp says nothing; the settings of the account hold');
    return { ...choice, reasons: choice.reasons.map(ofWinHttp) };
  },
};

/** Microsoft documents DisableWpad for WinHTTP, and for nobody else. */
export const ofWinHttp = (line: Reason): Reason =>
  line.name === 'DisableWpad' ? { ...line, mark: 'documented' } : line;

/** The machine's WinHTTP settings decide alone when they say anything. */
export function fromNetsh(settings: ClientSettings, destination: Destination): Choice | undefined {
  const { netsh, policy } = settings;
  const autoDetect = netsh?.autoDetect?.value === true && !discoveryIsOff(policy);
  const scriptUrl = netsh?.scriptUrl?.value ?? null;
  if (!netsh || (!netsh.proxy && !autoDetect && scriptUrl === null)) return undefined;
  const reasons = [...netshReasons(netsh), ...unseenAccount(settings)];
  const route = winHttpStatic(netsh, destination);
  const why = 'netsh winhttp overrides the settings of the account';
  if ((!autoDetect && scriptUrl === null) || isLoopback(destination.host)) return fixed(route, why, reasons);
  return automatic(autoDetect, scriptUrl, routesOf(route), why, reasons);
}

/** `why` is the sentence that goes with it. */
export function fromAccount(settings: ClientSettings, destination: Destination, why: string): Choice {
  const { system, autoDetect, reasons } = effectiveSystem(settings);
  const scriptUrl = system.scriptUrl?.value ?? null;
  const route = winHttpStatic(system, destination);
  if (isLoopback(destination.host)) return direct(why, reasons, 'loopback is always direct');
  if (!autoDetect && scriptUrl === null) return fixed(route, why, reasons);
  return automatic(autoDetect, scriptUrl, routesOf(route), why, reasons);
}

const automatic = (
  autoDetect: boolean,
  scriptUrl: string | null,
  fallback: readonly string[],
  why: string,
  reasons: readonly Reason[],
): Choice => ({
  kind: 'automatic',
  autoDetect,
  scriptUrl,
  fallback,
  tail: [],
  bypassed: null,
  downloadTimeout: null,
  retryInterval: null,
  why,
  reasons,
});

const unseenAccount = (settings: ClientSettings): Reason[] =>
  effectiveSystem(settings)
    .reasons.filter(({ overriddenBy, layer }) => overriddenBy === null && layer !== 'built-in')
    .map((line) => reason(line.layer, line.name, line.value, { ...line, overriddenBy: 'netsh', mark: 'documented' }));
