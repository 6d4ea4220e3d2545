/** What a client says when a proxy, or a server, wants to know who it is: which scheme, how often, and what it remembers. */
import type { HeaderList } from '../../trace/events.ts';
import type { AuthHabits } from '../dialect.ts';
import { challengesOf, proxyFields } from './challenge.ts';
import type { AuthFields } from './challenge.ts';
import type { AuthRequest, AuthSession, AuthTools, ClientScheme, Credentials } from './scheme.ts';
import { schemes } from './schemes.ts';

/** A 407 or 401: its fields, and whether the connection ended with it. */
export interface Challenged {
  headers: HeaderList;
  closed: boolean;
}

export type Reply = { say: HeaderList } | { giveUp: 'unable' | 'rejected' | 'loop' };

/** One request's way past a proxy. */
export interface AuthRun {
  /** What the request carries before anybody has asked. */
  first(request: AuthRequest): HeaderList;
  reply(challenged: Challenged, request: AuthRequest): Reply;
  /** The request passed: later ones to this proxy may say the same. */
  passed(): void;
}

export interface ProxyAuth {
  begin(proxy: string): AuthRun;
  /** Forgets everything, as a restart does. */
  clear(): void;
}

/** Nothing is endless here, where it is not established after how many challenges a client stops. */
const usually = { tunnel: 10, forward: 10 };

export function proxyAuth(
  habits: AuthHabits,
  credentials: Credentials | null,
  tools: Omit<AuthTools, 'credentials' | 'algorithms'>,
  fields: AuthFields = proxyFields,
): ProxyAuth {
  const remembered = new Map<string, Spoken>();
  if (!credentials) return { begin: () => silent, clear: () => undefined };
  const full: AuthTools = { ...tools, credentials, algorithms: habits.digest };
  const any = credentials.scheme === 'any' ? habits.any : undefined;
  // curl prefers Negotiate and cannot speak it here, without a ticket.
  const spoken = any?.filter((name) => name !== 'negotiate' || habits.schemes.includes(name)) ?? habits.schemes;
  const usable = usableSchemes(spoken, credentials);
  // Digest has nothing to say before it is asked.
  const eager = habits.unasked && !any ? usable.find(({ name }) => name !== 'digest') : undefined;
  return {
    clear: () => remembered.clear(),
    begin(proxy) {
      const known = remembered.get(proxy) ?? (eager && { scheme: eager, session: eager.begin(full) });
      const ways = {
        usable,
        best: any ?? [],
        goesOn: habits.handshakeGoesOn === true,
        fields,
        longest: habits.longest ?? usually,
      };
      return authRun(ways, full, known, (spoken) => {
        if (habits.remembers && !spoken.session.bound) remembered.set(proxy, spoken);
      });
    },
  };
}

interface Spoken {
  scheme: ClientScheme;
  session: AuthSession;
}

/** The caller's scheme alone, or those of the client in its order. */
const usableSchemes = (names: readonly string[], { scheme }: Credentials): ClientScheme[] =>
  (scheme && scheme !== 'any' ? [scheme] : names).flatMap((name) => schemes.find((entry) => entry.name === name) ?? []);

interface Usable {
  usable: readonly ClientScheme[];
  /** In the order of preference; empty where each is tried that can be. */
  best: readonly string[];
  /** A handshake outlives its connection. */
  goesOn: boolean;
  longest: NonNullable<AuthHabits['longest']>;
  fields: AuthFields;
}

const silent: AuthRun = { first: () => [], reply: () => ({ giveUp: 'unable' }), passed: () => undefined };

function authRun(
  { usable, best, goesOn, longest, fields }: Usable,
  tools: AuthTools,
  known: Spoken | undefined,
  keep: (spoken: Spoken) => void,
): AuthRun {
  let spoken = known;
  let legs = 0;
  const say = (value: string | undefined): Reply =>
    value === undefined ? { giveUp: 'rejected' } : { say: [[fields.answer, value]] };
  return {
    first(request) {
      const value = spoken?.session.next(null, request);
      return value === undefined ? [] : [[fields.answer, value]];
    },
    reply({ headers, closed }, request) {
      legs += 1;
      if (legs > longest[request.method === 'CONNECT' ? 'tunnel' : 'forward']) return { giveUp: 'loop' };
      const offered = challengesOf(headers, fields);
      if (spoken) {
        const { scheme, session } = spoken;
        const challenge = offered.find((offer) => offer.scheme === scheme.name);
        if (!challenge) return { giveUp: 'rejected' };
        // The handshake died with its connection: it begins anew.
        if (!goesOn && session.bound && closed && challenge.token !== '') {
          spoken = { scheme, session: scheme.begin(tools) };
          return say(spoken.session.next(null, request));
        }
        return say(session.next(challenge, request));
      }
      // The best of them, and no other: what it cannot speak ends the request.
      const picked = best.find((name) => offered.some(({ scheme }) => scheme === name));
      for (const scheme of usable) {
        if (picked !== undefined && scheme.name !== picked) continue;
        const challenge = offered.find((offer) => offer.scheme === scheme.name && scheme.takes(offer, tools));
        if (!challenge) continue;
        spoken = { scheme, session: scheme.begin(tools) };
        return say(spoken.session.next(challenge, request));
      }
      return { giveUp: 'unable' };
    },
    passed() {
      if (spoken) keep(spoken);
    },
  };
}
