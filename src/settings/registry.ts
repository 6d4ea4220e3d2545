/** What the keys of a registry export say about proxies: accounts, machine, policy, the connector's own flag, netsh. */
import { InputError } from '../failure.ts';
import { parseConnectionSettings } from './connection-settings.ts';
import type { ConnectionSettings } from './connection-settings.ts';
import type {
  NetshSettings,
  Origin,
  PolicySettings,
  Reason,
  RegistryValue,
  Setting,
  SystemSettings,
} from './layers.ts';
import { emptySystem } from './layers.ts';
import { backendFlagName, because } from './reason.ts';
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
  /** What stands where no 64-bit program looks. */
  unread: readonly Reason[];
}

/** Hives of accounts; `HKEY_CURRENT_USER` is whoever made the export. */
const hives: Record<string, string> = {
  's-1-5-18': 'system',
  '.default': 'system',
  's-1-5-19': 'local-service',
  's-1-5-20': 'network-service',
};

const internet = 'software\\microsoft\\windows\\currentversion\\internet settings';
const policies = 'software\\policies\\microsoft\\windows\\currentversion\\internet settings';
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
  const unread: Reason[] = [];
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
    const narrow = /^software\\wow6432node(?=\\)/;
    if (narrow.test(path)) unread.push(...narrowOf(path.replace(narrow, 'software'), key));
    policy = { ...policy, ...policyOf(path, key) };
    if (connectorKey.test(path)) backendFlags.push(...flagOf(key));
    if (environmentKey.test(path)) for (const [name, text] of texts(key)) environment.set(name.toUpperCase(), text);
  }
  return { accounts, perMachine, policy, backendFlags, netsh, environment, unread };
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
  const binary = binaryOf(key, 'DefaultConnectionSettings', 3, source);
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
  const binary = binaryOf(key, 'WinHttpSettings', 2, source);
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
    ...(perUser && path === policies
      ? { proxySettingsPerUser: { value: perUser.value !== 0, origin: perUser.origin } }
      : {}),
    ...(disabled && path === `${internet}\\winhttp`
      ? { disableWpad: { value: disabled.value === 1, origin: disabled.origin } }
      : {}),
    ...(schemes && path === internet ? { disableProxyAuthenticationSchemes: schemes } : {}),
    // SERVICE_DISABLED
    ...(start && /^system\\(?:currentcontrolset|controlset\d+)\\services\\winhttpautoproxysvc$/.test(path)
      ? { autoProxyService: { value: start.value !== 4, origin: start.origin } }
      : {}),
  };
}

/** Values of the 32-bit view: the connector, its updater and the services of Windows are 64-bit programs. */
function narrowOf(path: string, key: RegKey): Reason[] {
  const rest = {
    note: 'in the view of 32-bit programs; 64-bit ones look above WOW6432Node',
    overriddenBy: 'WOW6432Node',
    mark: 'documented',
  } as const;
  const { disableWpad, proxySettingsPerUser } = policyOf(path, key);
  const flags = connectorKey.test(path) ? flagOf(key) : [];
  return [
    ...because('policy', 'DisableWpad', disableWpad, rest),
    ...because('policy', 'ProxySettingsPerUser', proxySettingsPerUser, rest),
    ...flags.flatMap((flag) => because('registry', backendFlagName, flag, rest)),
  ];
}

function flagOf(key: RegKey): RegistryValue[] {
  const flag = key.values.get(backendFlagName.toLowerCase());
  if (!flag) return [];
  const { value, origin } = flag;
  const rest = { origin, key: key.path };
  if (typeof value === 'bigint') return [{ ...rest, value: String(value), type: 'REG_QWORD' }];
  if (value instanceof Uint8Array) return [{ ...rest, value: sayBytes(value), type: 'REG_BINARY' }];
  return [{ ...rest, value, type: typeof value === 'number' ? 'REG_DWORD' : 'REG_SZ' }];
}

const sayBytes = (bytes: Uint8Array): string =>
  Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join(',');

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

function binaryOf(
  key: RegKey,
  name: string,
  holds: 2 | 3,
  source: SourceText,
): Setting<ConnectionSettings> | undefined {
  const found = key.values.get(name.toLowerCase());
  if (!found || !(found.value instanceof Uint8Array)) return undefined;
  const value = parseConnectionSettings(found.value, holds);
  if (typeof value !== 'string') return { value, origin: found.origin };
  const { line = 1, column = 1 } = found.origin ?? {};
  throw new InputError([problemAt(source, `${name} is cut off: ${value}`, { line, column })]);
}
