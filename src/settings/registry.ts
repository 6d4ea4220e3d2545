/** What the keys of a registry export say about proxies: accounts, machine, policy, the connector's own flag, netsh. */
import { InputError } from '../failure.ts';
import { parseConnectionSettings } from './connection-settings.ts';
import type { ConnectionSettings } from './connection-settings.ts';
import type { NetshSettings, Origin, PolicySettings, RegistryValue, Setting, SystemSettings } from './layers.ts';
import { emptySystem } from './layers.ts';
import { parseReg } from './reg.ts';
import type { RegKey, RegValue } from './reg.ts';
import { problemAt } from './source.ts';
import type { SourceText } from './source.ts';

export interface ImportedRegistry {
  accounts: ReadonlyMap<string, SystemSettings>;
  perMachine: SystemSettings | undefined;
  policy: Partial<PolicySettings>;
  backendFlags: readonly RegistryValue[];
  netsh: NetshSettings | undefined;
  environment: ReadonlyMap<string, Setting<string>>;
}

/** Hives of accounts; `HKEY_CURRENT_USER` is whoever made the export. */
const hives: Record<string, string> = {
  's-1-5-18': 'system',
  '.default': 'system',
  's-1-5-19': 'local-service',
  's-1-5-20': 'network-service',
};

const internetSettings = /^software\\microsoft\\windows\\currentversion\\internet settings(\\connections)?$/;
const connectorKey = /^software\\microsoft\\microsoft (azure ad app proxy connector|entra private network connector)$/;
const environmentKey = /^system\\currentcontrolset\\control\\session manager\\environment$/;

export function parseRegistry(source: SourceText): ImportedRegistry {
  const accounts = new Map<string, SystemSettings>();
  const environment = new Map<string, Setting<string>>();
  const backendFlags: RegistryValue[] = [];
  let perMachine: SystemSettings | undefined;
  let policy: Partial<PolicySettings> = {};
  let netsh: NetshSettings | undefined;
  for (const key of plainFirst(parseReg(source))) {
    const { account, path } = placeOf(key.path);
    if (internetSettings.test(path)) {
      const base = account === null ? perMachine : accounts.get(account);
      const system = withValues(base ?? emptySystem, key, source);
      if (account !== null) accounts.set(account, system);
      else if (system !== emptySystem) perMachine = system;
      if (account === null) netsh = netshOf(key, source) ?? netsh;
    }
    if (account !== null) continue;
    policy = { ...policy, ...policyOf(path, key) };
    if (connectorKey.test(path)) backendFlags.push(...flagOf(key));
    if (environmentKey.test(path)) for (const [name, text] of texts(key)) environment.set(name.toUpperCase(), text);
  }
  return { accounts, perMachine, policy, backendFlags, netsh, environment };
}

/** The binary values stand under `Connections` and have the last word. */
const plainFirst = (keys: readonly RegKey[]): RegKey[] => {
  const binary = ({ path }: RegKey): boolean => path.toLowerCase().endsWith('\\connections');
  return [...keys.filter((key) => !binary(key)), ...keys.filter(binary)];
};

/** Account (null: the machine) and the rest of the path in lower case. A 32-bit view is nobody's we simulate. */
function placeOf(full: string): { account: string | null; path: string } {
  const [hive = '', ...rest] = full.split('\\');
  const lower = rest.map((part) => part.toLowerCase());
  if (/^(HKEY_CURRENT_USER|HKCU)$/i.test(hive)) return { account: 'current-user', path: lower.join('\\') };
  if (/^(HKEY_USERS|HKU)$/i.test(hive))
    return { account: hives[lower[0] ?? ''] ?? rest[0] ?? '', path: lower.slice(1).join('\\') };
  return { account: null, path: lower.join('\\') };
}

/** The binary value is the one Windows goes by; the plain ones count where it says nothing. */
function withValues(base: SystemSettings, key: RegKey, source: SourceText): SystemSettings {
  const binary = binaryOf(key, 'defaultconnectionsettings', source);
  if (binary) return fromBinary(binary.value, binary.origin);
  const enabled = numberOf(key, 'proxyenable');
  const proxy = enabled?.value === 1 ? textOf(key, 'proxyserver') : undefined;
  const detect = numberOf(key, 'autodetect');
  const read: SystemSettings = {
    autoDetect: base.autoDetect ?? (detect && { value: detect.value !== 0, origin: detect.origin }),
    scriptUrl: base.scriptUrl ?? textOf(key, 'autoconfigurl'),
    proxy: base.proxy ?? proxy,
    bypass: base.bypass ?? (proxy && textOf(key, 'proxyoverride')),
    unreadable: undefined,
  };
  return Object.values(read).some((value) => value !== undefined) ? read : base;
}

const fromBinary = ({ autoDetect, scriptUrl, proxy, bypass }: ConnectionSettings, origin: Origin): SystemSettings => ({
  autoDetect: { value: autoDetect, origin },
  scriptUrl: scriptUrl === undefined ? undefined : { value: scriptUrl, origin },
  proxy: proxy === undefined ? undefined : { value: proxy, origin },
  bypass: bypass === undefined ? undefined : { value: bypass, origin },
  unreadable: undefined,
});

function netshOf(key: RegKey, source: SourceText): NetshSettings | undefined {
  const binary = binaryOf(key, 'winhttpsettings', source);
  if (!binary) return undefined;
  const { proxy, bypass } = fromBinary(binary.value, binary.origin);
  return { proxy, bypass, scriptUrl: undefined, autoDetect: undefined };
}

function policyOf(path: string, key: RegKey): Partial<PolicySettings> {
  const perUser = numberOf(key, 'proxysettingsperuser');
  const disabled = numberOf(key, 'disablewpad');
  const schemes = numberOf(key, 'disableproxyauthenticationschemes');
  const start = numberOf(key, 'start');
  return {
    ...(perUser && /\\policies\\.*\\internet settings$/.test(path)
      ? { proxySettingsPerUser: { value: perUser.value !== 0, origin: perUser.origin } }
      : {}),
    ...(disabled && path.endsWith('\\internet settings\\winhttp')
      ? { disableWpad: { value: disabled.value === 1, origin: disabled.origin } }
      : {}),
    ...(schemes && path.endsWith('\\internet settings') && /^(?:HKLM|HKEY_LOCAL_MACHINE)\\/i.test(key.path)
      ? { disableProxyAuthenticationSchemes: schemes }
      : {}),
    // SERVICE_DISABLED
    ...(start && path.endsWith('\\services\\winhttpautoproxysvc')
      ? { autoProxyService: { value: start.value !== 4, origin: start.origin } }
      : {}),
  };
}

function flagOf(key: RegKey): RegistryValue[] {
  const flag = key.values.get('usedefaultproxyforbackendrequests');
  if (!flag || flag.value instanceof Uint8Array) return [];
  return [{ value: flag.value, origin: flag.origin, key: key.path }];
}

const numberOf = (key: RegKey, name: string): Setting<number> | undefined => narrowed(key, name, isNumber);
const textOf = (key: RegKey, name: string): Setting<string> | undefined => {
  const text = narrowed(key, name, isText);
  return text && text.value !== '' ? text : undefined;
};

function narrowed<T extends RegValue>(key: RegKey, name: string, is: (value: RegValue) => value is T) {
  const found = key.values.get(name);
  return found && is(found.value) ? { value: found.value, origin: found.origin } : undefined;
}

const isNumber = (value: RegValue): value is number => typeof value === 'number';
const isText = (value: RegValue): value is string => typeof value === 'string';

const texts = (key: RegKey): [string, Setting<string>][] =>
  [...key.values].flatMap(([name, { value, origin }]) =>
    typeof value === 'string' && /_proxy$/i.test(name) ? [[name, { value, origin }] as const] : [],
  ) as [string, Setting<string>][];

function binaryOf(key: RegKey, name: string, source: SourceText): Setting<ConnectionSettings> | undefined {
  const found = key.values.get(name);
  if (!found || !(found.value instanceof Uint8Array)) return undefined;
  const value = parseConnectionSettings(found.value);
  if (value) return { value, origin: found.origin };
  const { line = 1, column = 1 } = found.origin ?? {};
  throw new InputError([problemAt(source, `${name} is cut off: a length points behind its end`, { line, column })]);
}
