/** One request before a proxy that wants credentials: whose is it, and what is the client told. */
import { plainText } from './answer.ts';
import type { Answer } from './answer.ts';
import type { Exchange } from './exchange.ts';
import { maskedTarget, valueOf } from './headers.ts';
import type { AuthContext, AuthScheme, AuthVerdict, DigestOptions } from './scheme.ts';
import { schemes } from './schemes/index.ts';

export interface ChallengeOptions {
  schemes: readonly string[];
  others: readonly string[];
  realm: string;
  accounts?: Readonly<Record<string, string>> | undefined;
  digest: DigestOptions;
  negotiate: 'refuse' | 'shape';
  endless: boolean;
  backends: number;
  surrogate?: number | undefined;
  body?: string | undefined;
  bodySize?: number | undefined;
  chunked: boolean;
  close: boolean;
}

export interface Challenge {
  exchange: Exchange;
  options: ChallengeOptions;
  offers: readonly AuthScheme[];
  on: AuthContext;
}

export function challengeOf(exchange: Exchange, options: ChallengeOptions): Challenge {
  const { context, leg, request } = exchange;
  const offers = options.schemes.flatMap((name) => schemes.find((scheme) => scheme.name === name) ?? []);
  const round = count(context.memory, 'challenges');
  const on: AuthContext = {
    realm: options.endless ? `${options.realm}-${round}` : options.realm,
    accounts: options.endless ? {} : (options.accounts ?? context.accounts),
    memory: memoryOf(leg.memory, round % options.backends),
    shared: context.memory,
    chance: context.chance,
    now: () => context.clock.now(),
    date: () => context.clock.date(),
    pseudonym: context.pseudonym,
    digest: options.digest,
    negotiate: options.endless ? 'refuse' : options.negotiate,
    request,
    body: exchange.body,
  };
  return { exchange, options, offers, on };
}

export type Judged = AuthVerdict & { scheme: string };

/** Whose request it is: by its credentials, by its connection, or by its address. */
export async function judge({ exchange, options, offers, on }: Challenge): Promise<Judged> {
  const { context, leg, request } = exchange;
  const [, name = '', credentials = ''] =
    /^(\S+)\s+(.*)$/s.exec(valueOf(request.headers, 'proxy-authorization')?.trim() ?? '') ?? [];
  const known = name === '' ? standing({ exchange, options, offers, on }) : undefined;
  if (known) {
    writeAuthenticated(exchange, known, true);
    return { kind: 'passed', ...known };
  }
  const scheme = offers.find((offer) => offer.name === name.toLowerCase());
  const verdict = (await scheme?.check?.(credentials, on)) ?? { kind: 'refused' };
  if (verdict.kind === 'passed') {
    writeAuthenticated(exchange, { scheme: scheme?.name ?? '', user: verdict.user }, false);
    const { user } = verdict;
    context.memory.set(`surrogate ${leg.connection.remoteAddress}`, { user, at: on.now() } satisfies Surrogate);
  }
  return { ...verdict, scheme: name };
}

interface Surrogate {
  user: string;
  at: number;
}

interface Known {
  scheme: string;
  user: string;
}

function standing({ exchange, options, offers, on }: Challenge): Known | undefined {
  for (const offer of offers) {
    const user = offer.standing?.(on);
    if (user !== undefined) return { scheme: offer.name, user };
  }
  const { context, leg } = exchange;
  const last = context.memory.get(`surrogate ${leg.connection.remoteAddress}`) as Surrogate | undefined;
  const { surrogate = 0 } = options;
  return last && on.now() - last.at < surrogate ? { scheme: 'address', user: last.user } : undefined;
}

/** The 407; a scheme in the middle of its legs speaks alone. */
export function refusal({ exchange, options, offers, on }: Challenge, verdict: Judged): Answer {
  const { body = '407: this proxy wants credentials\n', bodySize, chunked, close } = options;
  const all = [
    ...offers.flatMap((offer) =>
      offer.challenge(on, { stale: verdict.kind === 'stale' && offer.name === verdict.scheme.toLowerCase() }),
    ),
    ...options.others,
  ];
  const values = verdict.kind === 'continue' ? [`${verdict.scheme} ${verdict.token}`] : all;
  writeChallenged(exchange, values, on.realm);
  return {
    status: 407,
    headers: [...values.map((value): [string, string] => ['Proxy-Authenticate', value]), ...plainText],
    body: bodySize === undefined ? body : '.'.repeat(bodySize),
    chunked,
    close,
  };
}

function writeChallenged({ context, leg, request }: Exchange, values: readonly string[], realm: string): void {
  const offered = values.map((value) => value.split(/[\s,]/)[0]?.toLowerCase() ?? '');
  context.pen.write('proxy.challenged', {
    proxy: context.name,
    conn: leg.connection.id,
    target: maskedTarget(request.target),
    host: request.host,
    schemes: [...new Set(offered)],
    realm: values.length === 0 ? null : realm,
  });
}

function writeAuthenticated({ context, leg, request }: Exchange, { scheme, user }: Known, isStanding: boolean): void {
  context.pen.write('proxy.authenticated', {
    proxy: context.name,
    conn: leg.connection.id,
    target: maskedTarget(request.target),
    host: request.host,
    scheme,
    user,
    standing: isStanding,
  });
}

/** What one connection remembers at one backend. */
function memoryOf(memory: Map<string, unknown>, backend: number): Map<string, unknown> {
  const key = `backend ${backend}`;
  const own = (memory.get(key) as Map<string, unknown> | undefined) ?? new Map<string, unknown>();
  memory.set(key, own);
  return own;
}

function count(memory: Map<string, unknown>, key: string): number {
  const before = Number(memory.get(key) ?? 0);
  memory.set(key, before + 1);
  return before;
}
