/**
 * How one kind of client differs from the others, as data. The five stages (choose, discover, fetch, evaluate,
 * connect) are the same code for all.
 */
import type { StubName, WpadNaming } from '../dns/index.ts';
import type { Failure, FailureCode } from '../failure.ts';
import type { SynSchedule } from '../net/net.ts';
import { profileNamed } from '../pac/index.ts';
import type { FailoverRules, Profile, ProfileName } from '../pac/index.ts';
import type { ClientSettings } from '../settings/index.ts';
import type { ClientError, HeaderList } from '../trace/events.ts';
import type { DhcpHabits } from './dhcp.ts';
import type { TunnelHabits } from './tunnel-habits.ts';

/**
 * Where in the path of a request something failed. `proxy`: on the way to it, its name, TCP and TLS. `tunnel`: at
 * CONNECT or SOCKS. `forward`: in the proxy's answer to a request in absolute form. `origin`: behind all that.
 */
export type Where = 'settings' | 'proxy' | 'tunnel' | 'forward' | 'origin';

/** A failure with the place where it struck; `status` when an HTTP answer was the failure. */
export interface Trouble extends Failure {
  where: Where;
  /** Whom the client was talking to: the proxy at `proxy`, else the destination. */
  host: string;
  port: number;
  scheme: 'http' | 'https';
  /** Which part of the conversation was going on. */
  during: 'connect' | 'tls' | 'http';
  /** Milliseconds of lab time since the attempt began. */
  ms: number;
  status?: number;
  reason?: string;
  /** Schemes offered with a 407. */
  schemes?: readonly string[];
  /** With a 407: nothing the client could say; it was said and not believed; it was said again and again. */
  auth?: 'unable' | 'rejected' | 'loop';
  /** The answer was shorter than it said. */
  partial?: boolean;
  /** By so many bytes, where it had said a length. */
  missing?: number;
  /** It struck on a connection that had been kept from an earlier request. */
  reused?: true;
  /** It struck while SOCKS was spoken; the reply of a proxy that says no, null when none came. */
  socks?: { version: 4 | 5; reply: number | null };
}

export interface ConnectHabits extends TunnelHabits {
  /** Header fields of CONNECT, in order. */
  headers: (host: string, port: number) => HeaderList;
  /** A route of the list that this client can use at all. */
  usable: (route: string) => boolean;
  /** Whether the next route of the list is tried after this. */
  failsOver: (trouble: Trouble) => boolean;
  /** Routes that follow a script's list for requests that the program makes for itself; none unless given. */
  systemTail?: readonly string[];
  /** How often the same request goes to the same proxy before it counts as failed; 1: once. */
  tries: (trouble: Trouble) => number;
  /** Milliseconds for the answer to CONNECT, and for TLS to the proxy; null: no limit of its own. */
  tunnelTimeout: number | null;
  tlsTimeout: number | null;
  /** Who makes an address of the destination's name. */
  socks: { SOCKS4: 'client' | 'proxy'; SOCKS5: 'client' | 'proxy' };
  /** A refused CONNECT is handed to the caller as an answer, not as an error. */
  refusalIsAnswer: boolean;
}

export interface AuthHabits {
  /** What it can answer with credentials of its own, the preferred scheme first. */
  schemes: readonly ('basic' | 'digest' | 'negotiate' | 'ntlm')[];
  digest: readonly ('MD5' | 'SHA-256')[];
  /** The scheme whose first message goes out without a challenge; the caller may name another. */
  unasked: boolean;
  /** Later requests to the same proxy carry credentials at once. */
  remembers: boolean;
  /** A handshake whose connection the proxy closes goes on over the next one; it begins anew unless given. */
  handshakeGoesOn?: true;
  /**
   * How many challenges to one request it answers, where that is known; the next one is an error of its own. Not
   * established unless given: ten here, and the last answer is the caller's.
   */
  longest?: { tunnel: number; forward: number };
  /** Schemes that the settings switch off. */
  switchedOff?: (settings: ClientSettings) => readonly string[];
  /** What a caller gets who allows any scheme: the best that is offered of these, and no other if that one fails. */
  any?: readonly ('negotiate' | 'basic' | 'digest' | 'ntlm')[];
  /** Whether the settings let it answer at all; always unless given. */
  allowed?: (settings: ClientSettings) => boolean;
}

export interface Dialect {
  name: string;
  summary: string;
  /** What the facts rest on: version, date, source. */
  basis: string;
  /** What no source establishes, and what we took; shown to the user as "not established". */
  open: Readonly<Record<string, string>>;
  /** A certificate without names in its SAN counts for the name in its subject. */
  commonName?: true;
  /** Which rules pick the proxy from the settings; an entry of `settings/choosers`. */
  chooser: string;
  /** Which evaluator runs the script; a profile of `pac/profiles`. Null: knows no scripts. */
  pac: ProfileName | null;
  /** Which stub resolver asks for names; an entry of `dns/stubs`. */
  resolver: StubName;
  /** How WPAD asks; the rest of discovery and fetching stands in the PAC profile. */
  wpad: {
    /** `suffix`: `wpad.<suffix>`. `bare`: `wpad`, and the stub resolver applies its search list. */
    ask: WpadNaming;
    /** DHCP option 252 is asked first; null: never. */
    dhcp: DhcpHabits | null;
  };
  /** Whether a name fails that resolves to 127.0.53.53. */
  collisionFails: boolean;
  script: {
    /** A script that does not load counts as a failed fetch, with the clocks of one. */
    brokenIsMissing: boolean;
    /** Asks only whether the script changed, and not even that while its answer is fresh. */
    revalidates: boolean;
    /** Whether the settings let its download log on when the script's host answers 401; never unless given. */
    logsOn?: (settings: ClientSettings) => boolean;
    /** Its answer for a host holds for the whole session, whatever the path; asked for each URL unless given. */
    answersByHost?: boolean;
  };
  /** A new address; when the script is looked for again stands in the PAC profile. */
  network: {
    /** Requests wait until the script has been looked for again. */
    requestsWait: boolean;
    forgetsBadProxies: boolean;
    /** Only a script that was discovered is looked for again, not one at a fixed address; both unless given. */
    discoveredOnly?: boolean;
  };
  tcp: {
    syn: SynSchedule;
    /** Milliseconds for a connection past any proxy; null: the stack's own schedule. */
    connectTimeout: number | null;
  };
  connect: ConnectHabits;
  auth: AuthHabits;
  request: {
    headers: (host: string) => HeaderList;
    /** Limit for one request as a whole, in milliseconds; null: none of its own. */
    limit: number | null;
    /** Limit for one answer, in milliseconds; null: none of its own. */
    answerTimeout: number | null;
    /** Whether an answer of 400 and above is an error for the caller, or a page. */
    statusIsError: boolean;
  };
  /** The client's own words. */
  error: (trouble: Trouble) => ClientError;
  /** Its words for a 407 on a way without a proxy, where it minds. */
  challengedDirectly?: ClientError;
  /** Its words to a caller that waits, where they differ. */
  synchronousError?: (trouble: Trouble) => ClientError;
  /** Its words for a refusal that it shows as a page or hands to its caller, where it has any. */
  answerError?: (trouble: Trouble) => ClientError | null;
  /** Its words when every entry of a script's list has failed, where they differ from those for the last one. */
  exhausted?: (routes: readonly string[], trouble: Trouble) => ClientError;
  /** Its words when it may not go on without a script, where it can be told so. */
  mandatory?: Omit<ClientError, 'cause'>;
  /** Its words when no script can be had, where that is known; an error only where the request fails with it. */
  withoutScript?: (failure: ScriptFailure) => ClientError;
}

/** Why there is no script: nothing was found, what was found could not be had, or it does not run. */
export interface ScriptFailure extends Failure {
  stage: 'discovery' | 'fetch' | 'script';
  /** Address and status of the last fetch, when there was one. */
  url?: string;
  status?: number;
}

export type ErrorWords = Partial<
  Record<`${Where | Trouble['during']}:${FailureCode}` | FailureCode, Omit<ClientError, 'cause'>>
>;

/** A request that no limit of the client ends: the words are ours, since the client never says so. */
export const stillWaiting = (ms: number): Omit<ClientError, 'cause'> => ({
  name: 'none',
  text: `still waiting after ${Math.round(ms / 1000)} s: this client has no limit of its own`,
});

/** Looks a trouble up in a table: first with its place, then with what was going on, then alone. */
export function worded(words: ErrorWords, trouble: Trouble, otherwise: Omit<ClientError, 'cause'>): ClientError {
  const { where, during, code } = trouble;
  const found = words[`${where}:${code}`] ?? words[`${during}:${code}`] ?? words[code] ?? otherwise;
  return { ...found, cause: code };
}

/** The script rules of a dialect that has any; asked of one that has none, a bug of ours. */
export function profileOf({ pac, name }: Dialect): Profile {
  if (pac === null) throw new Error(`${name} knows no scripts`);
  return profileNamed(pac);
}

/** One proxy, one attempt, no memory. */
const singleProxy: FailoverRules = {
  order: 'first-only',
  memory: 0,
  badProxies: 'not-remembered',
  recorded: 'never',
  tail: 'error',
  triggers: [],
  afterDirect: false,
  connectTimeout: null,
};

export const failoverOf = ({ pac }: Dialect): FailoverRules =>
  pac === null ? singleProxy : profileNamed(pac).failover;

/** Failures of the way to a TCP connection. */
export const connectCodes: ReadonlySet<FailureCode> = new Set([
  'dns.nxdomain',
  'dns.nodata',
  'dns.servfail',
  'dns.timeout',
  'tcp.refused',
  'tcp.timeout',
  'tcp.unreachable',
]);

export const certificateCodes: ReadonlySet<FailureCode> = new Set([
  'tls.untrusted',
  'tls.weak',
  'tls.name',
  'tls.expired',
]);
