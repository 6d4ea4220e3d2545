/** What an authentication scheme of the proxy is. One file each in `schemes/`, named like the scheme. */
import type { Chance } from '../chance.ts';
import type { ProxyRequest } from './request.ts';

export interface AuthContext {
  realm: string;
  /** User → password. */
  accounts: Readonly<Record<string, string>>;
  /** What a scheme remembers between the requests of one connection. */
  memory: Map<string, unknown>;
  chance: Chance;
  request: ProxyRequest;
}

export type AuthVerdict =
  | { kind: 'passed'; user: string }
  | { kind: 'refused' }
  /** A further leg on the same connection. */
  | { kind: 'continue'; token: string };

export interface AuthScheme {
  /** As in the scenario: lower case. */
  name: string;
  summary: string;
  /** The value of a `Proxy-Authenticate` line. */
  challenge: (on: AuthContext) => string;
  /** Judges what follows the scheme's name in `Proxy-Authorization`. A scheme without it lets nobody pass. */
  check?: (credentials: string, on: AuthContext) => AuthVerdict;
}

export const quoted = (text: string): string => `"${text.replace(/["\\]/g, (character) => `\\${character}`)}"`;
