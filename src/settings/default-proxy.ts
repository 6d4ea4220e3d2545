/**
 * What `<defaultProxy>` makes System.Net use: the resolution table, row by row. Source throughout: the framework's
 * DefaultProxySectionInternal and the setters of WebProxy, which run in the order autoDetect, scriptLocation,
 * bypassonlocal, proxyaddress, bypasslist; the last three throw away the script engine that the first two made.
 */
import { netRegex } from './bypass-regex.ts';
import type { NetRegex } from './bypass-regex.ts';
import type { DefaultProxySection, LayerName, Reason, Setting, SettingFault } from './layers.ts';
import { because, reason } from './reason.ts';

type WebProxy =
  /** No proxy object, or an empty one: always direct. */
  | { kind: 'off' }
  /** All of the account's settings, automatic ones included. */
  | { kind: 'system' }
  /** Somebody's own code decides. */
  | { kind: 'module'; type: string }
  | { kind: 'faulty'; fault: SettingFault }
  | ConfiguredProxy;

export interface ConfiguredProxy {
  kind: 'configured';
  /** The account's static proxy, bypass list and local rule hold where the section says nothing else. */
  system: boolean;
  autoDetect: boolean;
  scriptUrl: Setting<string> | undefined;
  address: Setting<string> | undefined;
  bypassOnLocal: Setting<boolean> | undefined;
  bypassList: readonly NetRegex[] | undefined;
}

export interface Resolved {
  proxy: WebProxy;
  /** The row of the table that holds, in one sentence. */
  why: string;
  reasons: readonly Reason[];
}

/** `undefined`: no file has the section, which is the same as an empty one. */
export function resolveDefaultProxy(section: DefaultProxySection | undefined, layer: LayerName): Resolved {
  if (!section)
    return { proxy: { kind: 'system' }, why: 'no file that it reads has a defaultProxy section', reasons: [] };
  const off = turnedOff(section, layer);
  if (off) return off;
  if (section.module?.value)
    return {
      proxy: { kind: 'module', type: section.module.value },
      why: 'a module of its own decides',
      reasons: because(layer, 'module.type', section.module, { note: 'a type of the customer decides; not simulated' }),
    };
  if (saysNothing(section))
    return {
      proxy: { kind: 'system' },
      why: 'an empty defaultProxy section leaves all to the system settings',
      reasons: [reason(layer, 'defaultProxy', 'empty', { origin: section.origin, note: 'the same as no section' })],
    };
  return configured(section, layer);
}

const attributes = ['usesystemdefault', 'autoDetect', 'scriptLocation', 'bypassonlocal', 'proxyaddress'] as const;

const saysNothing = (section: DefaultProxySection): boolean =>
  attributes.every((name) => section[name] === undefined) && section.bypasslist.length === 0;

function turnedOff(section: DefaultProxySection, layer: LayerName): Resolved | undefined {
  if (section.enabled?.value === false) {
    const note = 'no web proxy; everything else in the section is ignored';
    return {
      proxy: { kind: 'off' },
      why: 'defaultProxy is not enabled',
      reasons: because(layer, 'defaultProxy.enabled', section.enabled, { note, mark: 'documented' }),
    };
  }
  const alone = attributes.slice(1).every((name) => section[name] === undefined);
  if (section.usesystemdefault?.value !== false || !alone || section.bypasslist.length > 0 || section.module?.value)
    return undefined;
  return {
    proxy: { kind: 'off' },
    why: 'usesystemdefault="False" alone turns the proxy off',
    reasons: because(layer, 'proxy.usesystemdefault', section.usesystemdefault, { note: 'the old way to say: none' }),
  };
}

function configured(section: DefaultProxySection, layer: LayerName): Resolved {
  const { usesystemdefault, autoDetect, scriptLocation, bypassonlocal, proxyaddress, bypasslist } = section;
  const automatic = autoDetect ?? scriptLocation;
  const system = usesystemdefault?.value === true && !automatic;
  const canceller = cancellerOf(section);
  const list = bypasslist.map(netRegex);
  const bad = list.find((entry) => 'fault' in entry);
  const reasons = [
    ...because(layer, 'proxy.usesystemdefault', usesystemdefault, { note: systemNote(section, system) }),
    ...because(layer, 'proxy.autoDetect', autoDetect, cancelled(canceller)),
    ...because(layer, 'proxy.scriptLocation', scriptLocation, {
      ...cancelled(canceller),
      ...(canceller === undefined ? unfetched(scriptLocation) : {}),
    }),
    ...because(layer, 'proxy.bypassonlocal', bypassonlocal, { note: localNote(section) }),
    ...because(layer, 'proxy.proxyaddress', proxyaddress, { note: 'the only proxy: there is nothing to fall back to' }),
    ...bypasslist.flatMap((entry) =>
      because(layer, 'bypasslist.add', entry, { note: 'a regular expression', mark: 'documented' }),
    ),
  ];
  if (bad) return { proxy: { kind: 'faulty', fault: bad.fault }, why: 'bypasslist holds a bad expression', reasons };
  const works = canceller === undefined;
  return {
    proxy: {
      kind: 'configured',
      system,
      autoDetect: works && autoDetect?.value === true,
      scriptUrl: works ? scriptLocation : undefined,
      address: proxyaddress,
      bypassOnLocal: bypassonlocal,
      bypassList: list.length > 0 ? list.flatMap((entry) => ('fault' in entry ? [] : [entry])) : undefined,
    },
    why: whyOf(section, system, canceller),
    reasons,
  };
}

/** The sibling that switches autoDetect and scriptLocation off, if one stands beside them. */
function cancellerOf({ bypassonlocal, proxyaddress, bypasslist }: DefaultProxySection): string | undefined {
  if (proxyaddress) return 'proxyaddress';
  if (bypassonlocal) return 'bypassonlocal';
  return bypasslist.length > 0 ? 'bypasslist' : undefined;
}

const cancelled = (canceller: string | undefined): { note: string; overriddenBy: string | null } =>
  canceller === undefined
    ? { note: 'looked for by discovery or fetched; DIRECT when there is none', overriddenBy: null }
    : { note: `switched off without a word by ${canceller} beside it`, overriddenBy: canceller };

/** System.Net has WinHTTP fetch it, unless LegacyWPADSupport is set. */
const unfetched = (script: Setting<string> | undefined): { note?: string } =>
  script && !/^\s*https?:/i.test(script.value)
    ? { note: 'never fetched: WinHTTP takes http and https only (but for LegacyWPADSupport)' }
    : {};

function systemNote({ usesystemdefault, proxyaddress }: DefaultProxySection, system: boolean): string {
  if (usesystemdefault?.value === false) return 'the system settings are not read';
  if (!system) return 'does nothing beside autoDetect or scriptLocation';
  return proxyaddress
    ? "the account's bypass list is kept, its proxy is not; no discovery, no script"
    : "the account's static proxy and bypass list; no discovery, no script";
}

const localNote = ({ bypassonlocal }: DefaultProxySection): string =>
  bypassonlocal?.value === true
    ? "direct for names without a dot, names in the machine's own DNS domain, and its own addresses"
    : 'local names go to the proxy';

function whyOf({ proxyaddress }: DefaultProxySection, system: boolean, canceller: string | undefined): string {
  if (proxyaddress) return 'proxyaddress of the defaultProxy section';
  if (system) return 'usesystemdefault: the static proxy of the account, without discovery or script';
  if (canceller !== undefined) return `the section names no proxy, and ${canceller} switches discovery and script off`;
  return 'discovery and script as the defaultProxy section has them';
}
