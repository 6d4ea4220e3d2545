/**
 * System.Net of the .NET Framework: the connector's way to its service. The program's own `.exe.config`, else
 * machine.config, else the account's settings; sections never merge. WinHTTP's machine-wide proxy is not asked.
 */
import { isLoopback } from '../bypass.ts';
import { direct, failed, fixed, routesOf } from '../choice.ts';
import type { Choice, Chooser, Destination, StaticRoute } from '../choice.ts';
import { resolveDefaultProxy } from '../default-proxy.ts';
import type { ConfiguredProxy, Resolved } from '../default-proxy.ts';
import { stopsAll } from '../exe-config.ts';
import type { ClientSettings, ExeConfig, LayerName, Reason } from '../layers.ts';
import { configuredStatic, systemStatic } from '../net-static.ts';
import { because, reason } from '../reason.ts';
import { effectiveSystem } from '../system.ts';
import type { EffectiveSystem } from '../system.ts';

export const systemNet: Chooser = {
  name: 'system-net',
  summary: 'System.Net default proxy: .exe.config, machine.config, then the settings of the account.',
  choose(settings, destination) {
    const { layer, file, reasons } = sectionLayer(settings);
    if (file?.fault)
      return failed(file.fault, 'the configuration file cannot be used', [...reasons, faultReason(file, layer)]);
    const resolved = resolveDefaultProxy(file?.section, layer);
    return choiceOf(resolved, {
      effective: effectiveSystem(settings),
      destination,
      file,
      reasons: [...reasons, ...resolved.reasons],
    });
  },
};

/** The file whose section counts, and a word about the one that does not. */
function sectionLayer({ appConfig, machineConfig }: ClientSettings): {
  layer: LayerName;
  file: ExeConfig | undefined;
  reasons: Reason[];
} {
  if ((!appConfig?.section && !appConfig?.fault) || stopsAll(machineConfig))
    return { layer: 'machine-config', file: machineConfig, reasons: [] };
  const masked = machineConfig?.section;
  const note = 'discarded whole: sections are never merged';
  const reasons = masked
    ? [reason('machine-config', 'defaultProxy', 'present', { origin: masked.origin, note, overriddenBy: 'app-config' })]
    : [];
  return { layer: 'app-config', file: appConfig, reasons };
}

const faultReason = ({ fault }: ExeConfig, layer: LayerName): Reason =>
  reason(layer, 'defaultProxy', 'unusable', {
    origin: fault?.origin ?? null,
    note: fault?.inner ?? fault?.text ?? null,
    mark: fault?.mark ?? 'inferred',
  });

interface Case {
  effective: EffectiveSystem;
  destination: Destination;
  file: ExeConfig | undefined;
  why: string;
  reasons: readonly Reason[];
}

function choiceOf({ proxy, why }: Resolved, given: Omit<Case, 'why'>): Choice {
  const { reasons, file } = given;
  if (proxy.kind === 'off') return direct(why, reasons);
  if (proxy.kind === 'faulty') return failed(proxy.fault, why, reasons);
  if (proxy.kind === 'module') return failed(moduleFault(proxy.type, file), why, reasons);
  return proxy.kind === 'system' ? system({ ...given, why }) : configured(proxy, { ...given, why });
}

function system(given: Case): Choice {
  const { effective, destination } = given;
  const reasons = [...given.reasons, ...effective.reasons];
  const route = systemStatic(effective.system, destination);
  // The whole proxy object cannot be made; an unknown scheme shows only when the address is used.
  if ('fault' in route && route.fault.inner !== undefined) return failed(route.fault, given.why, reasons);
  const scriptUrl = effective.system.scriptUrl?.value ?? null;
  if (!effective.autoDetect && scriptUrl === null)
    return fixed(route, `${given.why}; the account has no script`, reasons);
  return automatic({ ...given, reasons }, effective.autoDetect, scriptUrl, route);
}

function configured(proxy: ConfiguredProxy, given: Case): Choice {
  const { effective, destination, why } = given;
  const reasons = [...given.reasons, ...(proxy.system ? staticOnly(effective) : [])];
  const route = configuredStatic(proxy, effective.system, destination);
  const autoDetect = proxy.autoDetect && !effective.wpadDisabled;
  if (!autoDetect && proxy.scriptUrl === undefined) return fixed(route, why, reasons);
  return automatic({ ...given, reasons }, autoDetect, proxy.scriptUrl?.value ?? null, route);
}

/** The configured time is set for resolving, connecting, sending and receiving, and their sum is what counts (source). */
const timeoutsOfWinHttp = 4;

function automatic(given: Case, autoDetect: boolean, scriptUrl: string | null, route: StaticRoute): Choice {
  const { destination, why, reasons, file } = given;
  if (isLoopback(destination.host)) return fixed(route, why, reasons);
  return {
    kind: 'automatic',
    autoDetect,
    scriptUrl,
    // Whether no script can be had or its list is exhausted: the static part comes last, offered or not.
    fallback: routesOf(route),
    tail: routesOf(route),
    bypassed: null,
    why,
    downloadTimeout: file?.downloadTimeout ? file.downloadTimeout.value * timeoutsOfWinHttp : null,
    retryInterval: file?.retryInterval?.value ?? null,
    reasons: [
      ...reasons,
      ...because('app-config', 'webProxyScript.downloadTimeout', file?.downloadTimeout),
      ...because('app-config', 'webProxyScript.autoConfigUrlRetryInterval', file?.retryInterval),
    ],
  };
}

/** `usesystemdefault` reads the account's settings with discovery and script suppressed. */
const staticOnly = ({ reasons }: EffectiveSystem): Reason[] =>
  reasons.map((line) =>
    line.overriddenBy === null && ['AutoDetect', 'AutoConfigURL'].includes(line.name)
      ? { ...line, note: 'suppressed', overriddenBy: 'usesystemdefault' }
      : line,
  );

/** We never run a customer's code, so we cannot say where it would send the request. */
const moduleFault = (type: string, file: ExeConfig | undefined) => ({
  name: 'System.Configuration.ConfigurationErrorsException',
  text: "Error creating the Web Proxy specified in the 'system.net/defaultProxy' configuration section.",
  inner: `the module '${type}' decides, and modules are not simulated`,
  origin: file?.section?.module?.origin ?? null,
  mark: 'inferred' as const,
});
