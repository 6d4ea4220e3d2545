/** What a real browser is to the lab: something that is started on a machine, visits URLs, and tells what it did. */
import type { ProfileName } from '../pac/index.ts';
import type { Machine } from './machine.ts';
import type { Environment } from './program.ts';

/** Its proxy settings, as a user would make them. */
export interface ProxySettings {
  /** They are the browser's own, and not those of the account. */
  own: boolean;
  autoDetect: boolean;
  scriptUrl: string | null;
  /** `host:port`, or by scheme: `http=a:8080;https=b:8443`; empty: none. */
  proxy: string;
  bypass: string;
  mandatory: boolean;
}

export interface Launch {
  machine: Machine;
  settings: ProxySettings;
  /** Certificates of authorities that it trusts beside its own, as PEM. */
  trust: readonly string[];
  /** Shown to every server that asks; both in PEM. */
  certificate: { certificate: string; key: string } | null;
  credentials: { user: string; password: string } | null;
  /** The time that events carry. */
  now: () => number;
  env: Environment;
}

export interface Try {
  /** As in events: `PROXY 10.20.0.8:8080`, `DIRECT`. */
  route: string;
  /** The browser's own word for what went wrong; null when it did not. */
  failure: string | null;
}

/** What the browser did for one URL, by its own account. */
export interface Visited {
  url: string;
  began: number;
  ended: number;
  /** The list that it took the route from; null when it does not say. */
  routes: readonly string[] | null;
  tries: readonly Try[];
  status: number | null;
  /** `ERR_TUNNEL_CONNECTION_FAILED`, `proxyConnectFailure`. */
  error: string | null;
}

/** What its proxy script said of one URL. */
export interface Asked {
  url: string;
  /** Texts of `alert`, in order. */
  alerts: readonly string[];
  /** The list as the browser reads it; null when it did not ask at all. */
  routes: readonly string[] | null;
}

export interface RunningBrowser extends AsyncDisposable {
  /** Loads a page. Ends when the browser has it, has an error, or after `limit` milliseconds. */
  visit(url: string, limit: number): Promise<void>;
  /** Has its script asked about many URLs; `close` is not needed to have the answers. Ends the browser. */
  ask(urls: readonly string[]): Promise<Asked[]>;
  /** Ends the browser and gives an account of every visit, in their order. */
  close(): Promise<Visited[]>;
}

export interface Browser {
  name: 'chromium' | 'firefox';
  summary: string;
  /** Whose rules it is said to follow. */
  profile: ProfileName;
  /** The programs that it may be, the preferred first. */
  programs: readonly string[];
  start(program: string, launch: Launch): Promise<RunningBrowser>;
}
