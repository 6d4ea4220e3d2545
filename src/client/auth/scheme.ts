/** What an authentication scheme is on the client's side. One file each, named like the scheme. */
import type { Chance } from '../../chance.ts';
import type { Challenge } from './challenge.ts';

export interface Credentials {
  /** `user`, or `DOMAIN\user`. */
  user: string;
  password: string;
  /** The scheme its caller asks for (`--proxy-ntlm`), or any (`--proxy-anyauth`); the client's own choice otherwise. */
  scheme?: 'basic' | 'digest' | 'ntlm' | 'any' | undefined;
}

export interface AuthTools {
  credentials: Credentials;
  /** Digest algorithms the client has. */
  algorithms: readonly string[];
  chance: Chance;
  /** Lab date in milliseconds since 1970. */
  date: () => number;
}

export interface AuthRequest {
  method: string;
  /** The request target as it goes on the wire. */
  target: string;
}

/** One way through a scheme's messages. */
export interface AuthSession {
  /** The value of Proxy-Authorization for the next request; undefined when there is nothing more to say. */
  next(challenge: Challenge | null, request: AuthRequest): string | undefined;
  /** Holds for the connection, not for the request: the next message must go the same way. */
  readonly bound: boolean;
}

export interface ClientScheme {
  name: 'basic' | 'digest' | 'negotiate' | 'ntlm';
  /** Whether it can answer this challenge. */
  takes(challenge: Challenge, tools: AuthTools): boolean;
  begin(tools: AuthTools): AuthSession;
}
