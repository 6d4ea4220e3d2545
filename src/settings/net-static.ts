/** The static part of System.Net's proxy: an address or a map by scheme, the bypass list and the local rule. */
import { entriesOf, isLocalForNet, isLoopback, matchInList, matchesSystemEntry } from './bypass.ts';
import type { Destination, StaticRoute } from './choice.ts';
import type { ConfiguredProxy } from './default-proxy.ts';
import type { Setting, SettingFault, SystemSettings } from './layers.ts';
import { parseNetUri, uriFault } from './net-uri.ts';

const directly = (bypassed: string | null): StaticRoute => ({ routes: ['DIRECT'], bypassed });

/** An address as it is used for the first time: only then System.Net looks at its scheme. */
function routeTo({ value, origin }: Setting<string>): StaticRoute {
  const { scheme, host, port } = parseNetUri(value);
  if (scheme === 'http') return { routes: [`PROXY ${host}:${port}`], bypassed: null };
  return {
    fault: {
      name: 'System.NotSupportedException',
      text: `The ServicePointManager does not support proxies with the ${scheme} scheme.`,
      origin,
      mark: 'source',
    },
  };
}

/** The account's static proxy alone. */
export function systemStatic(system: SystemSettings, destination: Destination): StaticRoute {
  if (isLoopback(destination.host)) return directly('loopback is always direct');
  const address = systemAddress(system, destination);
  if (address && 'fault' in address) return address;
  if (!address) return directly(null);
  return directly2(systemBypass(system, destination)) ?? routeTo(address);
}

/** What a `defaultProxy` section that names values comes to. */
export function configuredStatic(
  proxy: ConfiguredProxy,
  system: SystemSettings,
  destination: Destination,
): StaticRoute {
  if (isLoopback(destination.host)) return directly('loopback is always direct');
  const inherited = proxy.system ? systemAddress(system, destination) : undefined;
  if (inherited && 'fault' in inherited) return inherited;
  const address = proxy.address ?? inherited;
  if (!address) return directly(null);
  return directly2(configuredBypass(proxy, system, destination)) ?? routeTo(address);
}

const directly2 = (bypassed: string | undefined): StaticRoute | undefined =>
  bypassed === undefined ? undefined : directly(bypassed);

function configuredBypass(proxy: ConfiguredProxy, system: SystemSettings, to: Destination): string | undefined {
  const entries = proxy.system && system.proxy ? systemEntries(system) : [];
  const local = proxy.bypassOnLocal?.value ?? entries.some(isLocalEntry);
  if (local && isLocalForNet(to)) return 'bypassonlocal';
  if (proxy.bypassList) return matchInList(proxy.bypassList, to)?.text;
  return entries.find((entry) => !isLocalEntry(entry) && matchesSystemEntry(entry, to));
}

function systemBypass(system: SystemSettings, to: Destination): string | undefined {
  const entries = systemEntries(system);
  if (entries.some(isLocalEntry) && isLocalForNet(to)) return '<local>';
  return entries.find((entry) => !isLocalEntry(entry) && matchesSystemEntry(entry, to));
}

const systemEntries = ({ bypass }: SystemSettings): string[] => entriesOf(bypass?.value ?? '', /;/);

const isLocalEntry = (entry: string): boolean => entry.toLowerCase() === '<local>';

/** The system's proxy for this scheme, none, or the complaint about the whole string. Source: WebProxyDataBuilder. */
function systemAddress(
  { proxy }: SystemSettings,
  { url }: Destination,
): Setting<string> | { fault: SettingFault } | undefined {
  const text = proxy?.value.trim() ?? '';
  if (!proxy || text === '') return undefined;
  if (!text.includes('=')) return systemUri(text, proxy);
  const found = new Map<string, Setting<string>>();
  for (const entry of entriesOf(text, /;/)) {
    const [scheme = '', address = '', ...more] = entry.split('=').map((part) => part.trim());
    if (scheme === '' || address === '' || more.length > 0) return { fault: badProxyString(text, proxy) };
    const uri = systemUri(address, proxy);
    if ('fault' in uri) return uri;
    found.set(scheme.toLowerCase(), uri);
  }
  return found.get(new URL(url).protocol.replace(':', ''));
}

function systemUri(text: string, { origin }: Setting<string>): Setting<string> | { fault: SettingFault } {
  const value = text.includes('://') ? text : `http://${text}`;
  return uriFault(value) === undefined ? { value, origin } : { fault: badProxyString(value, { value, origin }) };
}

const badProxyString = (text: string, { origin }: Setting<string>): SettingFault => ({
  name: 'System.Configuration.ConfigurationErrorsException',
  text: "Error creating the Web Proxy specified in the 'system.net/defaultProxy' configuration section.",
  inner: `The system proxy settings contain an invalid proxy server setting: '${text}'.`,
  origin,
  mark: 'source',
});
