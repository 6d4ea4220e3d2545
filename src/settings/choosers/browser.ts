/**
 * Chromium: the settings of the account, or its own. Discovery, then the fixed script, then the fixed proxy; the
 * bypass list belongs to the fixed proxy only, the implicit rules (loopback, link-local) to all.
 */
import { fixed } from '../choice.ts';
import type { Chooser, Destination, StaticRoute } from '../choice.ts';
import { chromiumBypass, implicitBypass } from '../bypass-chromium.ts';
import type { ClientSettings } from '../layers.ts';
import { effectiveBrowser } from '../own.ts';
import type { Effective } from '../own.ts';
import { proxyFor, proxyForWebSocket } from '../winhttp-static.ts';

export const browser: Chooser = {
  name: 'browser',
  summary: 'Chromium: settings of the account unless it has its own; discovery, script, fixed proxy.',
  choose(settings: ClientSettings, destination: Destination) {
    const { autoDetect, scriptUrl, proxy, bypass, mandatory, reasons, why } = effectiveBrowser(settings);
    if (!autoDetect && scriptUrl === null) return fixed(manual(proxy, bypass, destination), why, reasons);
    const implicit = implicitBypass(destination.host);
    if (implicit !== undefined) return fixed({ routes: ['DIRECT'], bypassed: implicit }, why, reasons);
    const given = { autoDetect, scriptUrl, mandatory, why, reasons };
    return automatic(given, manual(proxy, bypass, destination));
  },
};

/** Credentials in a proxy's URL are ignored (net/docs/proxy.md). */
const withoutUsers = (proxy: string): string => proxy.replace(/:\/\/[^\s/@;]*@/g, '://');

function manual(written: string, bypass: string, destination: Destination): StaticRoute {
  const proxy = withoutUsers(written);
  const socket = /^wss?:/i.test(destination.url);
  const route = socket ? proxyForWebSocket(proxy) : proxyFor(proxy, destination.url);
  if (route === undefined) return { routes: ['DIRECT'], bypassed: null };
  const bypassed = chromiumBypass(bypass, destination);
  return bypassed === undefined ? { routes: [route], bypassed: null } : { routes: ['DIRECT'], bypassed };
}

const automatic = (
  given: Pick<Effective, 'autoDetect' | 'scriptUrl' | 'mandatory' | 'why' | 'reasons'>,
  route: StaticRoute,
) =>
  ({
    kind: 'automatic',
    ...given,
    fallback: given.mandatory ? [] : 'fault' in route ? ['DIRECT'] : route.routes,
    // All proxies of a script's list dead: an error, never DIRECT.
    tail: [],
    bypassed: null,
    downloadTimeout: null,
    retryInterval: null,
  }) as const;
