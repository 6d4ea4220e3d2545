/**
 * What differs between clients that evaluate a PAC file, as data.
 *
 * A profile is a value, not a subclass: the evaluator, the list parser, the body decoder, the client of the lab and the
 * documentation all read the same fields. `open` names what no source establishes, so that nobody takes our choice for a
 * measured fact; such a field is shown to the user as "not established".
 */
import type { Entry } from './result.ts';

export const profileNames = ['chromium', 'firefox', 'winhttp', 'dotnet-framework', 'node'] as const;
export type ProfileName = (typeof profileNames)[number];

export interface Profile {
  readonly name: ProfileName;
  readonly summary: string;
  /** Versions the facts were taken from. */
  readonly observed: string;
  readonly engine: 'sandbox' | 'pac-resolver';
  readonly script: ScriptRules;
  /** Helper name → variant of that helper (see `helpers/`). A helper that is not named does not exist. */
  readonly helpers: Readonly<Record<string, string>>;
  readonly arguments: ArgumentRules;
  /** Hosts the script is never asked about. */
  readonly bypass: readonly BypassRule[];
  /** Which grammar reads the returned string (see `lists/`). */
  readonly list: 'chromium' | 'firefox' | 'winhttp' | 'dotnet-framework' | 'node';
  readonly dns: DnsRules;
  readonly failure: FailureRules;
  readonly body: BodyRules;
  readonly fetch: FetchRules;
  readonly discovery: DiscoveryRules;
  readonly failover: FailoverRules;
  /** Not established by any source: path of the field (or a topic) → why, and what we chose. */
  readonly open: Readonly<Record<string, string>>;
}

export interface ScriptRules {
  /** Helpers and PAC are one source: a leading "use strict" or `#!` is then not at the start. */
  readonly concatenated: boolean;
  /** `jscript`: ECMAScript 5 syntax and library, nothing newer. */
  readonly language: 'modern' | 'jscript';
  /** Entry functions, preferred first. */
  readonly entries: readonly Entry[];
  /** The body must hold this text, or it is refused before it runs. */
  readonly mustContain: string | null;
  readonly console: boolean;
  /** Native helpers as their properties show them: without name and length, or with both. */
  readonly natives: 'anonymous' | 'named';
  /** Globals and members of our engine that this client's scripts do not see. */
  readonly absent: readonly string[];
  /** Globals and members that this client's scripts see and our engine does not have: what uses them is not established. */
  readonly missing: readonly string[];
}

export interface ArgumentRules {
  /** `verbatim`: the caller's text; `canonical`: as the URL parser writes it. */
  readonly form: 'canonical' | 'verbatim';
  readonly path: 'kept' | 'stripped' | 'stripped-for-https';
  readonly userinfo: 'kept' | 'removed';
  readonly fragment: 'kept' | 'removed';
  readonly hostCase: 'lower' | 'as-given';
  /** IPv6 hosts in brackets. */
  readonly brackets: boolean;
  /** `http`: ws/wss are shown to the script as http/https. */
  readonly webSocket: 'kept' | 'http';
}

export type BypassRule =
  | 'localhost'
  | 'localhost-subdomains'
  | 'loopback-name'
  | 'loopback-ipv4'
  | 'loopback-ipv6'
  | 'loopback-mapped'
  | 'link-local-ipv4'
  | 'link-local-mapped'
  | 'link-local-ipv6';

export interface DnsRules {
  /** `restart`: a new answer abandons the run and starts the script again; `blocking`: the script waits. */
  readonly mode: 'restart' | 'blocking';
  /** Different (operation, name) pairs per request; later ones fail. */
  readonly lookupLimit: number | null;
  /** Names with upper-case ASCII letters fail without a query. */
  readonly upperCaseFails: boolean;
  /** Which address a name with both families yields first. */
  readonly order: 'resolver' | 'getaddrinfo' | 'unique-local-last';
}

export interface FailureRules {
  /** What a script error means for the request. */
  readonly scriptError: 'direct' | 'request-fails' | 'caller-decides';
  /** A returned value that is no string. */
  readonly nonString: 'error' | 'stringified';
  /** A returned string with characters beyond ASCII. */
  readonly nonAscii: 'error' | 'accepted';
  /** Nothing but DIRECT is left out when PAC is mandatory. */
  readonly mandatoryError: string | null;
}

export interface BodyRules {
  readonly charset: 'header-bom-latin1' | 'utf8-else-latin1' | 'utf8';
  /** Bytes after content decoding; null: no limit. */
  readonly maxBytes: number | null;
  /** Media types accepted; null: any. */
  readonly types: readonly string[] | null;
  /** File name endings accepted in place of a media type. */
  readonly extensions: readonly string[];
}

export interface FetchRules {
  readonly schemes: readonly string[];
  readonly statuses: '200' | '2xx' | 'not-established';
  readonly maxRedirects: number;
  /** Schemes a redirect may lead to. */
  readonly redirectSchemes: readonly string[];
  /** Milliseconds without any answer; null: none of its own. */
  readonly timeout: number | null;
  /** Milliseconds until a connection attempt ends; null: the system's. */
  readonly connectTimeout: number | null;
  /** Request headers beyond Host, in order, as `Name: value`. */
  readonly headers: readonly string[];
  readonly viaProxy: boolean;
  readonly refresh: {
    /** Milliseconds after a success; null: never by time. */
    readonly afterSuccess: number | null;
    /** Milliseconds after the 1st, 2nd, … failure; the last one repeats. */
    readonly afterFailure: readonly number[];
    /** How many of `afterFailure` run on a timer; the others wait for a request. */
    readonly onTimer: number;
    /** The request that triggers a new fetch goes by what was known before: DIRECT after a failure, else the old script. */
    readonly directWhileRetrying: boolean;
    /** Milliseconds between a network change and the new fetch; null: none follows. */
    readonly afterNetworkChange: number | null;
  };
}

export interface DiscoveryRules {
  readonly order: readonly ('dhcp' | 'dns' | 'configured')[];
  /** Names asked, for the machine's search list; what the system resolver adds is not repeated here. */
  readonly wpadNames: 'wpad' | 'wpad-devolved' | 'none';
  /** URL fetched once the name resolves; `HOST` stands for the name. */
  readonly wpadUrl: string | null;
  /** Milliseconds the name may take before the source is skipped; null: no such check. */
  readonly quickCheck: number | null;
}

export interface FailoverRules {
  readonly order: 'list' | 'first-only';
  /** Milliseconds a failed proxy is remembered; 0: not at all. */
  readonly memory: number;
  readonly badProxies: 'moved-to-end' | 'removed' | 'not-remembered';
  /** When a failure is remembered. */
  readonly recorded: 'when-a-later-one-works' | 'at-once' | 'never';
  /** What follows the exhausted list. */
  readonly tail: 'error' | 'static-or-direct' | 'caller-decides';
  /** Failures that move on to the next entry. */
  readonly triggers: readonly string[];
  /** Goes on after a DIRECT entry whose origin failed. */
  readonly afterDirect: boolean;
  /** Milliseconds for the TCP connection to a proxy; null: the system's. */
  readonly connectTimeout: number | null;
}

/** True when a profile leaves `field` open. */
export const isEstablished = (profile: Profile, field: string): boolean => !(field in profile.open);
