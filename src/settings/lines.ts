/** Everything a client can read, one line each, with what overrides it: for events and for people. */
import { switchedOffReasons } from './auth-schemes.ts';
import { resolveDefaultProxy } from './default-proxy.ts';
import { stopsAll } from './exe-config.ts';
import type { ClientSettings, DefaultProxySection, ExeConfig, LayerName, Reason, RegistryValue } from './layers.ts';
import { browserReasons } from './own.ts';
import { backendFlagName, because, netshReasons, reason } from './reason.ts';
import { effectiveSystem } from './system.ts';

/** What counts comes last, so that who keeps one value per name keeps that one. */
export function settingLines(settings: ClientSettings): readonly Reason[] {
  const lines = allLines(settings);
  return [...lines.filter(({ overriddenBy }) => overriddenBy), ...lines.filter(({ overriddenBy }) => !overriddenBy)];
}

function allLines(settings: ClientSettings): readonly Reason[] {
  const { appConfig, machineConfig, environment, unread } = settings;
  const stopped = stopsAll(machineConfig);
  const masked = !stopped && (appConfig?.section !== undefined || appConfig?.fault !== undefined);
  const own = fileLines(appConfig, 'app-config');
  const machine = fileLines(machineConfig, 'machine-config');
  const flag = settings.useDefaultProxyForBackendRequests;
  const variables = [...environment].flatMap(([name, value]) =>
    because('environment', name, value, { mark: 'documented' }),
  );
  return [
    ...(stopped ? own.map((line) => ({ ...line, overriddenBy: line.overriddenBy ?? 'machine-config' })) : own),
    ...(masked ? machine.map(discarded) : machine),
    ...effectiveSystem(settings).reasons,
    ...netshReasons(settings.netsh),
    ...(settings.olderWindows ? [older] : []),
    ...because('registry', backendFlagName, flag, { note: flagNote(flag?.type), mark: 'documented' }),
    ...switchedOffReasons(settings),
    ...variables,
    ...browserReasons(settings.browser),
    ...unread,
  ];
}

const older = reason('built-in', 'Windows', 'before 10', {
  note: 'WinHTTP uses no script at a fixed address',
  mark: 'documented',
});

const flagNote = (type: RegistryValue['type'] | undefined): string =>
  type === undefined || type === 'REG_DWORD' ? 'a DWORD' : `a ${kindOf[type]}, where a DWORD is needed`;

const kindOf = { REG_SZ: 'string value', REG_QWORD: 'QWORD', REG_BINARY: 'binary value' } as const;

const discarded = (line: Reason): Reason => ({
  ...line,
  note: 'discarded whole: sections are never merged',
  overriddenBy: 'app-config',
});

function fileLines(file: ExeConfig | undefined, layer: LayerName): Reason[] {
  const timing = [
    ...because(layer, 'webProxyScript.downloadTimeout', file?.downloadTimeout),
    ...because(layer, 'webProxyScript.autoConfigUrlRetryInterval', file?.retryInterval),
  ];
  if (file?.fault) {
    const { origin, mark, inner, text, written } = file.fault;
    const rest = { origin, mark, note: inner ?? text };
    const value = written ? [reason(layer, written.name, written.value, { ...rest, overriddenBy: 'unusable' })] : [];
    return [...value, reason(layer, 'defaultProxy', 'unusable', rest)];
  }
  return [...(file?.section ? sectionLines(file.section, layer) : []), ...timing];
}

/** The values that count, with their notes; then those that the counting ones make void. */
function sectionLines(section: DefaultProxySection, layer: LayerName): Reason[] {
  const { reasons } = resolveDefaultProxy(section, layer);
  const named = new Set(reasons.map(({ name }) => name));
  const all = [
    ...because(layer, 'defaultProxy.enabled', section.enabled, { mark: 'documented' }),
    ...because(layer, 'defaultProxy.useDefaultCredentials', section.useDefaultCredentials, { mark: 'documented' }),
    ...because(layer, 'module.type', section.module),
    ...because(layer, 'proxy.usesystemdefault', section.usesystemdefault),
    ...because(layer, 'proxy.autoDetect', section.autoDetect),
    ...because(layer, 'proxy.scriptLocation', section.scriptLocation),
    ...because(layer, 'proxy.bypassonlocal', section.bypassonlocal),
    ...because(layer, 'proxy.proxyaddress', section.proxyaddress),
    ...section.bypasslist.flatMap((entry) => because(layer, 'bypasslist.add', entry)),
  ];
  const winner = section.enabled?.value === false ? 'defaultProxy.enabled' : section.module ? 'module.type' : null;
  const rest = all.filter(({ name }) => !named.has(name));
  return [...reasons, ...rest.map((line) => (line.name === winner ? line : { ...line, overriddenBy: winner }))];
}
