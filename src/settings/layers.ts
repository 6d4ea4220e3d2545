/** The layers of settings a Windows machine has, and the values in them with the place each was read from. */
import type { SettingOrigin } from '../trace/events.ts';

export type Origin = SettingOrigin | null;

/** How sure we are: in the vendor's documentation, read in the framework's published source, or our own inference. */
type Mark = 'documented' | 'source' | 'inferred';

/** Where a value stands. */
export type LayerName =
  | 'app-config'
  | 'machine-config'
  | 'account'
  | 'per-machine'
  | 'policy'
  | 'netsh'
  | 'registry'
  | 'environment'
  | 'browser'
  | 'built-in';

/** One value and where it was read: null when it was spelled out in the scenario. */
export interface Setting<T> {
  value: T;
  origin: Origin;
}

/** A program's own complaint about its settings: the exception's name, its text and the one inside. */
export interface SettingFault {
  name: string;
  text: string;
  inner?: string;
  origin: Origin;
  mark: Mark;
  /** The value that it is about, as written: `proxy.proxyaddress`. */
  written?: { name: string; value: string };
}

/** True, False, or not there: what a missing attribute means differs from what False means. */
type TriState = Setting<boolean> | undefined;

/** `<system.net><defaultProxy>` as written; `undefined` is an attribute that is not there. */
export interface DefaultProxySection {
  origin: Origin;
  enabled: TriState;
  useDefaultCredentials: TriState;
  usesystemdefault: TriState;
  proxyaddress: Setting<string> | undefined;
  bypassonlocal: TriState;
  autoDetect: TriState;
  scriptLocation: Setting<string> | undefined;
  /** Regular expressions of .NET. */
  bypasslist: readonly Setting<string>[];
  /** A type name. */
  module: Setting<string> | undefined;
}

/** What a .NET configuration file says about proxies: a section, or the complaint that reading it raises. */
export interface ExeConfig {
  file: string | null;
  section: DefaultProxySection | undefined;
  fault: SettingFault | undefined;
  /** `<system.net><settings><webProxyScript>`, in milliseconds. */
  downloadTimeout: Setting<number> | undefined;
  retryInterval: Setting<number> | undefined;
}

/** WinINET settings: of one account, or of the machine. */
export interface SystemSettings {
  /** Not there: Windows has it on. */
  autoDetect: TriState;
  scriptUrl: Setting<string> | undefined;
  /** `proxy:8080`, or by scheme: `http=a:8080;https=b:8443`. */
  proxy: Setting<string> | undefined;
  /** `*.corp.example;<local>` */
  bypass: Setting<string> | undefined;
  /** Asking Windows for them fails. */
  unreadable: TriState;
}

/** `netsh winhttp`: the machine's WinHTTP proxy. The last two exist in its advanced form only. */
export interface NetshSettings {
  proxy: Setting<string> | undefined;
  bypass: Setting<string> | undefined;
  scriptUrl: Setting<string> | undefined;
  autoDetect: TriState;
  /** `PerUserProxySettings` of the advanced form: told, and otherwise nothing. */
  perUser?: TriState;
}

/** A registry value: a DWORD is a number, others are text. `key` is the product's key it was found under. */
export interface RegistryValue extends Setting<number | string> {
  type: 'REG_DWORD' | 'REG_QWORD' | 'REG_SZ' | 'REG_BINARY';
  key: string | null;
}

export interface PolicySettings {
  /** False makes WinINET settings per machine. */
  proxySettingsPerUser: TriState;
  /** The same in a group policy that this machine has not fetched yet: it does nothing (documented: gpupdate or reboot). */
  pendingPerUser?: TriState;
  disableWpad: TriState;
  /** A mask of authentication schemes that are not answered; Windows 11 and Server 2022 on (documented). */
  disableProxyAuthenticationSchemes: Setting<number> | undefined;
  /** False: the service WinHttpAutoProxySvc, which looks for scripts, is disabled. */
  autoProxyService: TriState;
}

/** A browser's own settings, where it does not follow the system. */
export interface BrowserSettings {
  mode: 'system' | 'direct' | 'auto-detect' | 'script' | 'manual';
  scriptUrl: Setting<string> | undefined;
  proxy: Setting<string> | undefined;
  bypass: Setting<string> | undefined;
  /** Nothing may go without the script. */
  mandatory: TriState;
}

/** Everything that one client can read. */
export interface ClientSettings {
  /** The account the client runs as; a key of `accounts`. */
  identity: string;
  /** The program's own `.exe.config`. */
  appConfig: ExeConfig | undefined;
  machineConfig: ExeConfig | undefined;
  accounts: ReadonlyMap<string, SystemSettings>;
  perMachine: SystemSettings | undefined;
  policy: PolicySettings;
  netsh: NetshSettings | undefined;
  /** Before Windows 10: certificate checks go by an older order of settings (documented). */
  olderWindows?: boolean;
  useDefaultProxyForBackendRequests: RegistryValue | undefined;
  environment: ReadonlyMap<string, Setting<string>>;
  browser: BrowserSettings | undefined;
  /** Files and values that this program never looks at. */
  unread: readonly Reason[];
}

/** Why a chooser decided as it did: one setting, and what it did. Becomes a `client.setting` event. */
export interface Reason {
  name: string;
  value: string;
  layer: LayerName;
  origin: Origin;
  note: string | null;
  mark: Mark;
  /** The layer or setting because of which this value does not count; null when it counts. */
  overriddenBy: string | null;
}

export const emptySection: DefaultProxySection = {
  origin: null,
  enabled: undefined,
  useDefaultCredentials: undefined,
  usesystemdefault: undefined,
  proxyaddress: undefined,
  bypassonlocal: undefined,
  autoDetect: undefined,
  scriptLocation: undefined,
  bypasslist: [],
  module: undefined,
};

export const emptySystem: SystemSettings = {
  autoDetect: undefined,
  scriptUrl: undefined,
  proxy: undefined,
  bypass: undefined,
  unreadable: undefined,
};
