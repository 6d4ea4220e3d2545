/**
 * How one kind of client differs from the others, as data. The five stages (choose, discover, fetch, evaluate,
 * connect) are the same code for all.
 */
import type { StubName, WpadNaming } from '../dns/index.ts';
import type { Failure, FailureCode } from '../failure.ts';
import type { SynSchedule } from '../net/net.ts';
import type { ProfileName } from '../pac/index.ts';
import type { ClientError, HeaderList } from '../trace/events.ts';
import type { DhcpHabits } from './dhcp.ts';

/** Where in the path of a request something failed. */
export type Where = 'settings' | 'proxy' | 'tunnel' | 'origin';

/** A failure with the place where it struck; `status` when an HTTP answer was the failure. */
export interface Trouble extends Failure {
  where: Where;
  host: string;
  scheme: 'http' | 'https';
  status?: number;
  reason?: string;
  /** Schemes offered with a 407. */
  schemes?: readonly string[];
}

export interface Dialect {
  name: string;
  summary: string;
  /** What the facts rest on: version, date, source. */
  basis: string;
  /** Which rules pick the proxy from the settings; an entry of `settings/choosers`. */
  chooser: string;
  /** Which evaluator runs the script; a profile of `pac/profiles`. */
  pac: ProfileName;
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
  tcp: {
    syn: SynSchedule;
  };
  connect: {
    /** Header fields of CONNECT, in order. */
    headers: (host: string, port: number) => HeaderList;
    /** A route of the list that this client can use at all. */
    usable: (route: string) => boolean;
    /** Whether the next route of the list is tried after this. */
    failsOver: (trouble: Trouble) => boolean;
  };
  request: {
    headers: (host: string) => HeaderList;
    /** Limit for one request from start to the head of the answer, in milliseconds; null: none. */
    limit: number | null;
    /** Whether an answer of 400 and above is an error for the caller, or a page. */
    statusIsError: boolean;
  };
  /** The client's own words. */
  error: (trouble: Trouble) => ClientError;
}

export type ErrorWords = Partial<Record<`${Where}:${FailureCode}` | FailureCode, Omit<ClientError, 'cause'>>>;

/** Looks a trouble up in a table: first with its place, then without. */
export function worded(words: ErrorWords, trouble: Trouble, otherwise: Omit<ClientError, 'cause'>): ClientError {
  const found = words[`${trouble.where}:${trouble.code}`] ?? words[trouble.code] ?? otherwise;
  return { ...found, cause: trouble.code };
}
