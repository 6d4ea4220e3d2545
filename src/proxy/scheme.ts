/** What an authentication scheme of the proxy is. One file each in `schemes/`, named like the scheme. */
import type { Chance } from '../chance.ts';
import type { ProxyRequest } from './request.ts';

export interface DigestOptions {
  /** One challenge each, in this order. */
  algorithms: readonly string[];
  qop: readonly string[];
  /** Answers every right response with a fresh nonce and `stale=true`. */
  alwaysStale: boolean;
  /** Milliseconds of lab time after which a nonce is stale. */
  nonceLife: number;
}

export interface AuthContext {
  realm: string;
  /** User → password. */
  accounts: Readonly<Record<string, string>>;
  /** What a scheme remembers between the requests of one connection. */
  memory: Map<string, unknown>;
  /** What it remembers as long as the proxy runs. */
  shared: Map<string, unknown>;
  chance: Chance;
  /** Lab time in milliseconds, and the lab's date in milliseconds since 1970. */
  now: () => number;
  date: () => number;
  /** What the proxy calls itself. */
  pseudonym: string;
  digest: DigestOptions;
  /** Whether a Negotiate token that looks like one is taken for a good one; no KDC is there to ask. */
  negotiate: 'refuse' | 'shape';
  request: ProxyRequest;
  /** The whole body of the request, or undefined when it is too large to be kept. */
  body: () => Promise<Buffer | undefined>;
}

export type AuthVerdict =
  | { kind: 'passed'; user: string }
  | { kind: 'refused' }
  /** A further leg on the same connection; the value of `Proxy-Authenticate` after the scheme's name. */
  | { kind: 'continue'; token: string }
  /** Right, but with a nonce that no longer counts. */
  | { kind: 'stale' };

export interface AuthScheme {
  /** As in the scenario: lower case. */
  name: string;
  summary: string;
  /** The values of its `Proxy-Authenticate` lines. */
  challenge: (on: AuthContext, how: { stale: boolean }) => string[];
  /** Judges what follows the scheme's name in `Proxy-Authorization`. A scheme without it lets nobody pass. */
  check?: (credentials: string, on: AuthContext) => AuthVerdict | Promise<AuthVerdict>;
  /** The user that this connection belongs to already, for schemes that authenticate connections. */
  standing?: (on: AuthContext) => string | undefined;
}

export const quoted = (text: string): string => `"${text.replace(/["\\]/g, (character) => `\\${character}`)}"`;
