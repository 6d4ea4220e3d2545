/** Imported files and spelled-out values become the settings of one client. What is spelled out wins. */
import { InputError } from '../failure.ts';
import { importFile } from './imports.ts';
import type { Imported, SettingsFile } from './imports.ts';
import { emptySystem } from './layers.ts';
import type {
  ClientSettings,
  ExeConfig,
  NetshSettings,
  PolicySettings,
  Reason,
  RegistryValue,
  Setting,
  SystemSettings,
} from './layers.ts';
import { buildOf, markOf, productOfKey, sayBuild } from './product.ts';
import type { Build } from './product.ts';
import { backendFlagName, because, netshReasons, reason } from './reason.ts';
import type { ImportedRegistry } from './registry.ts';
import type { SettingsSpec, SystemSpec } from './spec.ts';
import { spelledConfig } from './spelled.ts';

export interface Reader {
  /** The account: `network-service`, `system`, a user's name; null for an unnamed user. */
  identity: string | null;
  /** Whose configuration file counts; `other` has none of them. */
  program: 'connector' | 'updater' | 'other' | null;
  /** Why this build knows nothing of UseDefaultProxyForBackendRequests, where it does not. */
  withoutBackendFlag?: string;
}

/** Throws InputError with every file that cannot be read. */
export function clientSettings(spec: SettingsSpec, files: readonly SettingsFile[], reader: Reader): ClientSettings {
  const imported = importAll(files);
  const identity = reader.identity ?? 'user';
  const registries = imported.flatMap((file) => (file.role === 'registry' ? [file.registry] : []));
  const build = buildOf(imported, spec.product);
  const own = ownConfig(imported, reader, build);
  const machine = machineConfig(imported);
  const flag = backendFlag(registries, spec.registry, build, reader);
  const netsh = netshOf(imported, registries, spec);
  const { environment, browser } = spec;
  return {
    identity,
    appConfig: spec.defaultProxy && reader.program !== 'other' ? spelledConfig(spec.defaultProxy) : own.config,
    machineConfig: spec.machineConfig?.defaultProxy ? spelledConfig(spec.machineConfig.defaultProxy) : machine.config,
    accounts: accountsOf(registries, spec, identity),
    perMachine: mergedSystem(last(registries.flatMap(({ perMachine }) => perMachine ?? [])), spec.perMachine),
    policy: {
      proxySettingsPerUser: spelled(spec.policy?.proxySettingsPerUser) ?? policyOf(registries, 'proxySettingsPerUser'),
      pendingPerUser: spelled(spec.policy?.pending?.proxySettingsPerUser),
      disableWpad: spelled(spec.policy?.disableWpad) ?? policyOf(registries, 'disableWpad'),
      disableProxyAuthenticationSchemes:
        spelled(spec.policy?.disableProxyAuthenticationSchemes) ??
        policyOf(registries, 'disableProxyAuthenticationSchemes'),
      autoProxyService: spelled(spec.policy?.autoProxyService) ?? policyOf(registries, 'autoProxyService'),
    },
    netsh: netsh.value,
    olderWindows: spec.windows === 'before-10',
    useDefaultProxyForBackendRequests: flag.value,
    environment: new Map([
      ...registries.flatMap((hive) => [...hive.environment]),
      ...imported.flatMap((file) => (file.role === 'environment' ? [...file.environment] : [])),
      ...Object.entries(environment).map(([name, value]) => [name, { value, origin: null }] as const),
    ]),
    browser: browser && {
      mode: browser.mode,
      scriptUrl: spelled(browser.scriptUrl),
      proxy: spelled(browser.proxy),
      bypass: spelled(browser.bypass),
      mandatory: spelled(browser.mandatory),
    },
    unread: [
      ...own.unread,
      ...machine.unread,
      ...flag.unread,
      ...netsh.unread,
      ...registries.flatMap((registry) => registry.unread),
    ],
  };
}

function importAll(files: readonly SettingsFile[]): Imported[] {
  const problems: InputError['problems'][number][] = [];
  const imported = files.flatMap((file) => {
    try {
      return [importFile(file)];
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(...error.problems);
      return [];
    }
  });
  if (problems.length > 0) throw new InputError(problems);
  return imported;
}

const spelled = <T>(value: T | undefined): Setting<T> | undefined =>
  value === undefined ? undefined : { value, origin: null };

const last = <T>(items: readonly T[]): T | undefined => items[items.length - 1];

/** The program's own file; files of the other program, and of the other product's name, stay unread. */
function ownConfig(
  imported: readonly Imported[],
  { program }: Reader,
  build: Build | undefined,
): { config: ExeConfig | undefined; unread: Reason[] } {
  const role = program === 'updater' ? 'updater-config' : program === 'other' ? 'no-config' : 'service-config';
  const unread: Reason[] = [];
  const mine: ExeConfig[] = [];
  for (const file of imported) {
    if (file.role !== 'service-config' && file.role !== 'updater-config') continue;
    if (file.role !== role) unread.push(unreadFile(file.config, `${otherProgram(role)} reads this file`, role));
    else if (build && file.product && file.product !== build.product)
      unread.push({
        ...unreadFile(file.config, `${sayBuild(build)} and reads a file of another name`, 'product'),
        mark: markOf(build),
      });
    else mine.push(file.config);
  }
  const config = mine.pop();
  return {
    config,
    unread: [...unread, ...mine.map((file) => unreadFile(file, another, 'import'))],
  };
}

const another = 'the one of this kind that is named last counts';

/** The connector is a 64-bit program: the file under `Framework`, not `Framework64`, is not its own. */
function machineConfig(imported: readonly Imported[]): { config: ExeConfig | undefined; unread: Reason[] } {
  const files = imported.flatMap((file) => (file.role === 'machine-config' ? [file] : []));
  const note = 'of the 32-bit framework; a 64-bit program reads the one under Framework64';
  const mine = files.filter(({ bits }) => bits === null);
  const config = mine.pop()?.config;
  const unread = [
    ...mine.map((file) => unreadFile(file.config, another, 'import')),
    ...files.filter(({ bits }) => bits === 32).map((file) => unreadFile(file.config, note, 'Framework64')),
  ];
  return { config, unread: unread.map((line) => ({ ...line, layer: 'machine-config' as const })) };
}

const otherProgram = (role: string): string =>
  role === 'service-config' ? 'the updater' : role === 'updater-config' ? 'the connector service' : 'another program';

const unreadFile = ({ file, section }: ExeConfig, note: string, overriddenBy: string): Reason =>
  reason('app-config', 'file', file ?? '', { origin: section?.origin ?? null, note, overriddenBy, mark: 'documented' });

function accountsOf(registries: readonly ImportedRegistry[], spec: SettingsSpec, identity: string) {
  const accounts = new Map<string, SystemSettings>();
  for (const [name, system] of registries.flatMap((registry) => [...registry.accounts])) {
    accounts.set(name === 'current-user' && !isService(identity) ? identity : name, system);
  }
  const written: [string, SystemSpec | undefined][] = [...Object.entries(spec.accounts), [identity, spec.system]];
  for (const [name, own] of written) {
    const merged = mergedSystem(accounts.get(name), own);
    if (merged) accounts.set(name, merged);
  }
  return accounts;
}

const isService = (identity: string): boolean => ['network-service', 'local-service', 'system'].includes(identity);

function mergedSystem(base: SystemSettings | undefined, own: SystemSpec | undefined): SystemSettings | undefined {
  if (!own) return base;
  const from = base ?? emptySystem;
  return {
    autoDetect: spelled(own.autoDetect) ?? from.autoDetect,
    scriptUrl: spelled(own.scriptUrl) ?? from.scriptUrl,
    proxy: spelled(own.proxy) ?? from.proxy,
    bypass: spelled(own.bypass) ?? from.bypass,
    unreadable: spelled(own.unreadable) ?? from.unreadable,
  };
}

const policyOf = <K extends keyof PolicySettings>(registries: readonly ImportedRegistry[], name: K) =>
  last(registries.flatMap(({ policy }) => policy[name] ?? []));

const scopeOnly = {
  note: 'the same as ProxySettingsPerUser, as it seems; only the policy of a registry export counts here',
  overriddenBy: 'policy',
  mark: 'inferred',
} as const;

/** The last file counts, text before registry; what others say differently is told. */
function netshOf(
  imported: readonly Imported[],
  registries: readonly ImportedRegistry[],
  { netsh }: SettingsSpec,
): { value: NetshSettings | undefined; unread: Reason[] } {
  const all = [
    ...registries.flatMap((registry) => registry.netsh ?? []),
    ...imported.flatMap((file) => (file.role === 'netsh' ? [file.netsh] : [])),
  ];
  const base = all.pop();
  const others = all
    .flatMap(netshReasons)
    .map((line) => ({ ...line, note: another, overriddenBy: 'import' }))
    .filter(({ name, value }) => !netshReasons(base).some((line) => line.name === name && line.value === value));
  const unread = [...others, ...because('netsh', 'winhttp.PerUserProxySettings', base?.perUser, scopeOnly)];
  if (!netsh) return { value: base, unread };
  const value = {
    proxy: spelled(netsh.proxy) ?? base?.proxy,
    bypass: spelled(netsh.bypass) ?? base?.bypass,
    scriptUrl: spelled(netsh.scriptUrl) ?? base?.scriptUrl,
    autoDetect: spelled(netsh.autoDetect) ?? base?.autoDetect,
  };
  return { value, unread };
}

/** The flag under the key that this build reads; under the other product's key, or in an older build, it does nothing. */
function backendFlag(
  registries: readonly ImportedRegistry[],
  registry: SettingsSpec['registry'],
  build: Build | undefined,
  { withoutBackendFlag }: Reader,
): { value: RegistryValue | undefined; unread: Reason[] } {
  const written = registry?.UseDefaultProxyForBackendRequests;
  const type = typeof written === 'number' ? 'REG_DWORD' : 'REG_SZ';
  const spelledOut = written === undefined ? [] : [{ value: written, type, origin: null, key: null } as const];
  const flags: RegistryValue[] = [...registries.flatMap(({ backendFlags }) => backendFlags), ...spelledOut];
  const ours = (flag: RegistryValue): boolean => flag.key === null || !build || productOfKey(flag) === build.product;
  const counts = (flag: RegistryValue): boolean => withoutBackendFlag === undefined && ours(flag);
  const unread = (flag: RegistryValue): Reason => {
    const rest =
      ours(flag) || !build
        ? ({ note: withoutBackendFlag ?? null, overriddenBy: 'version', mark: 'documented' } as const)
        : { note: `${sayBuild(build)} and reads another key`, overriddenBy: 'product', mark: markOf(build) };
    return reason('registry', backendFlagName, flag.value, { origin: flag.origin, ...rest });
  };
  return { value: last(flags.filter(counts)), unread: flags.filter((flag) => !counts(flag)).map(unread) };
}
