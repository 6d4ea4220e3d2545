/**
 * Chromium: the settings of the account, or its own. Discovery, then the fixed script, then the fixed proxy; the
 * bypass list belongs to the fixed proxy only, the implicit rules (loopback, link-local) to all.
 */
import { fixed } from '../choice.ts';
import type { Chooser, Destination, StaticRoute } from '../choice.ts';
import { chromiumBypass, implicitBypass } from '../bypass-chromium.ts';
import type { ClientSettings, Reason } from '../layers.ts';
import { effectiveBrowser } from '../own.ts';
import { proxyFor } from '../winhttp-static.ts';

export const browser: Chooser = {
  name: 'browser',
  summary: 'Chromium: settings of the account unless it has its own; discovery, script, fixed proxy.',
  choose(settings: ClientSettings, destination: Destination) {
    const { autoDetect, scriptUrl, proxy, bypass, reasons, why } = effectiveBrowser(settings);
    if (!autoDetect && scriptUrl === null) return fixed(manual(proxy, bypass, destination), why, reasons);
    const implicit = implicitBypass(destination.host);
    if (implicit !== undefined) return fixed({ routes: ['DIRECT'], bypassed: implicit }, why, reasons);
    return automatic({ autoDetect, scriptUrl, why, reasons }, manual(proxy, bypass, destination));
  },
};

function manual(proxy: string, bypass: string, destination: Destination): StaticRoute {
  const route = proxyFor(proxy, destination.url);
  if (route === undefined) return { routes: ['DIRECT'], bypassed: null };
  const bypassed = chromiumBypass(bypass, destination);
  return bypassed === undefined ? { routes: [route], bypassed: null } : { routes: ['DIRECT'], bypassed };
}

const automatic = (
  given: { autoDetect: boolean; scriptUrl: string | null; why: string; reasons: readonly Reason[] },
  route: StaticRoute,
) =>
  ({
    kind: 'automatic',
    ...given,
    fallback: 'fault' in route ? ['DIRECT'] : route.routes,
    // All proxies of a script's list dead: an error, never DIRECT.
    tail: [],
    bypassed: null,
    downloadTimeout: null,
    retryInterval: null,
  }) as const;
