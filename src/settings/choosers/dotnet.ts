/**
 * HttpClient of .NET (Core) on Windows: the environment where it names any proxy, else the settings of the account.
 * Source: SystemProxyInfo, HttpEnvironmentProxy and HttpWindowsProxy of dotnet/runtime. Variables of Windows have no
 * letter case; lower case counts first elsewhere.
 */
import { entriesOf, isLoopback, isPlainName, wildcard } from '../bypass.ts';
import { direct, fixed, routesOf } from '../choice.ts';
import type { Choice, Chooser, Destination, StaticRoute } from '../choice.ts';
import { firstSet, sayNone, told } from '../environment.ts';
import type { Named } from '../environment.ts';
import type { ClientSettings } from '../layers.ts';
import { readProxyUrl } from '../proxy-url.ts';
import { because } from '../reason.ts';
import { effectiveSystem } from '../system.ts';
import { proxyFor } from '../winhttp-static.ts';

export const dotnet: Chooser = {
  name: 'dotnet',
  summary: 'HttpClient of .NET: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, else the settings of the account.',
  choose(settings, to) {
    const { environment } = settings;
    const [http, https, all] = (['http', 'https', 'all'] as const).map((of) => variable(environment, `${of}_proxy`));
    return http || https || all
      ? ofEnvironment(environment, (new URL(to.url).protocol === 'http:' ? http : https) ?? all, to)
      : ofSystem(settings, to);
  },
};

const variable = (environment: ClientSettings['environment'], name: string): Named | undefined =>
  firstSet(environment, [name, name.toUpperCase()]);

function ofEnvironment(environment: ClientSettings['environment'], found: Named | undefined, to: Destination): Choice {
  const except = variable(environment, 'no_proxy');
  const reasons = [...told(found, 'source'), ...told(except, 'source')];
  const scheme = new URL(to.url).protocol.replace(':', '');
  if (!found) return direct(`the environment names no proxy for ${scheme}`, sayNone(reasons, scheme, 'source'));
  const why = `${found[0]} of the environment`;
  const bypassed = exception(except?.[1].value ?? '', to);
  if (bypassed !== undefined) return direct(why, reasons, bypassed);
  const read = readProxyUrl(found[1].value, { scheme: 'http', httpPort: 80, socks: 'socks5h' });
  if (typeof read === 'string') return direct(`${why} cannot be read`, reasons);
  const choice = fixed({ routes: [read.route], bypassed: null }, why, reasons);
  return read.credentials ? { ...choice, credentials: read.credentials } : choice;
}

/** A name alone is that host; with a dot before it also everything below. No ports, blocks or stars. */
const exception = (list: string, { host }: Destination): string | undefined =>
  entriesOf(list, /,/).find((entry) => {
    const wanted = host.toLowerCase();
    const name = entry.toLowerCase();
    return name.startsWith('.') ? wanted === name.slice(1) || wanted.endsWith(name) : wanted === name;
  });

function ofSystem(settings: ClientSettings, to: Destination): Choice {
  const { system, autoDetect, reasons: read } = effectiveSystem(settings);
  const why = 'the environment names no proxy; the settings of the account hold';
  const route = systemStatic(system.proxy?.value ?? '', system.bypass?.value ?? '', to);
  const reasons = [
    ...read,
    ...because('environment', 'NO_PROXY', settings.environment.get('NO_PROXY'), { note: 'alone it does nothing' }),
  ];
  if (!autoDetect && !system.scriptUrl) return fixed(route, why, reasons);
  return {
    kind: 'automatic',
    autoDetect,
    scriptUrl: system.scriptUrl?.value ?? null,
    fallback: routesOf(route),
    tail: [],
    bypassed: null,
    downloadTimeout: null,
    retryInterval: null,
    why,
    reasons,
  };
}

function systemStatic(proxy: string, bypass: string, to: Destination): StaticRoute {
  const address = proxyFor(proxy, to.url);
  if (address === undefined) return { routes: ['DIRECT'], bypassed: null };
  const bypassed = systemException(bypass, to);
  return bypassed === undefined ? { routes: [address], bypassed: null } : { routes: ['DIRECT'], bypassed };
}

/**
 * The scheme of an entry is taken off, its port is not; yet it is compared with the bare host, so an entry with a port
 * never matches. With `<local>`: loopback, names without a dot, and the machine's own addresses.
 */
const systemException = (list: string, { host, machineIps }: Destination): string | undefined =>
  entriesOf(list, /[;\s]+/).find((entry) => {
    if (entry.toLowerCase() === '<local>') return isLoopback(host) || isPlainName(host) || machineIps.includes(host);
    const pattern = entry.replace(/^https?:\/\//i, '').replace(/^\[|\]$/g, '');
    return new RegExp(`^${wildcard(pattern)}$`, 'i').test(host);
  });
