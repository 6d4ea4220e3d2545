/** What a chooser is: settings and a destination in, the way to go and the reasons out. */
import type { Failure } from '../failure.ts';
import type { ClientError } from '../trace/events.ts';
import type { ClientSettings, Reason, SettingFault } from './layers.ts';
import type { ProxyCredentials } from './proxy-url.ts';

export interface Destination {
  /** The whole URL. */
  url: string;
  /** Its host, IPv6 without brackets. */
  host: string;
  /** The machine's primary DNS suffix. */
  machineSuffix: string | null;
  machineIps: readonly string[];
}

interface Explained {
  /** One sentence. */
  why: string;
  reasons: readonly Reason[];
  /** The rule that sent this host past the proxy. */
  bypassed: string | null;
  /** What the proxy's own URL says of who to be there, for programs that take it from there. */
  credentials?: ProxyCredentials;
}

/** Nothing but DIRECT, or fixed proxies. */
export interface FixedChoice extends Explained {
  kind: 'direct' | 'static';
  routes: readonly string[];
}

/** A script decides: found by discovery first, then at the configured address. */
interface AutomaticChoice extends Explained {
  kind: 'automatic';
  autoDetect: boolean;
  scriptUrl: string | null;
  /** The routes when no script can be had. */
  fallback: readonly string[];
  /** Without a working script there is nothing at all: every request fails. */
  mandatory?: boolean;
  /** The routes that are tried after the last one of the script. */
  tail: readonly string[];
  /** Longest wait for the script and wait before it is asked for again, in milliseconds, where configured. */
  downloadTimeout: number | null;
  retryInterval: number | null;
}

export interface FailedChoice extends Explained {
  kind: 'failed';
  failure: Failure;
  error: ClientError;
}

export type Choice = FixedChoice | AutomaticChoice | FailedChoice;

export interface Chooser {
  name: string;
  summary: string;
  choose: (settings: ClientSettings, destination: Destination) => Choice;
}

export const direct = (why: string, reasons: readonly Reason[], bypassed: string | null = null): FixedChoice => ({
  kind: 'direct',
  routes: ['DIRECT'],
  why,
  reasons,
  bypassed,
});

export function failed(fault: SettingFault, why: string, reasons: readonly Reason[]): FailedChoice {
  const { name, text, inner } = fault;
  const detail = inner === undefined ? text : `${text} ---> ${inner}`;
  return {
    kind: 'failed',
    why,
    reasons,
    bypassed: null,
    failure: { code: 'config.invalid', detail },
    error: { name, text, ...(inner === undefined ? {} : { inner }), cause: 'config.invalid' },
  };
}

/** What the static part of some settings comes to for one destination. */
export type StaticRoute = { routes: readonly string[]; bypassed: string | null } | { fault: SettingFault };

export const fixed = (route: StaticRoute, why: string, reasons: readonly Reason[]): FixedChoice | FailedChoice => {
  if ('fault' in route) return failed(route.fault, why, reasons);
  if (route.routes.every((entry) => entry === 'DIRECT')) return direct(why, reasons, route.bypassed);
  return { kind: 'static', routes: route.routes, why, reasons, bypassed: route.bypassed };
};

/** The routes of a static part that must not fail: a faulty one adds nothing. */
export const routesOf = (route: StaticRoute): readonly string[] => ('fault' in route ? [] : route.routes);
