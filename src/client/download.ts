/** The GET for a proxy script: TCP, TLS where the URL asks for it, and a logon where the client may log on. */
import type { Duplex } from 'node:stream';

import { ok } from '../failure.ts';
import type { Outcome } from '../failure.ts';
import { accepts, decoded, exchange } from '../http/index.ts';
import type { Answer } from '../http/index.ts';
import { dialTls } from '../net/tls.ts';
import type { HeaderList } from '../trace/events.ts';
import { proxyAuth } from './auth/auth.ts';
import type { AuthRun } from './auth/auth.ts';
import { originFields } from './auth/challenge.ts';
import type { AuthRequest } from './auth/scheme.ts';
import { profileOf } from './dialect.ts';
import { dropLine } from './line.ts';
import { closesAfter, originForm } from './origin.ts';
import { reach, remaining } from './reach.ts';
import { targetOf } from './route.ts';
import type { ClientInit, ClientTools } from './tools.ts';

/** One GET, and the connection it ran on. */
export interface Got {
  conn: number | null;
  answer: Outcome<Answer>;
}

const fetchHeaders = (url: URL, { dialect }: ClientInit): HeaderList => [
  ['Host', url.host],
  ...profileOf(dialect).fetch.headers.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  }),
];

interface GetOptions {
  deadline: number;
  extra: HeaderList;
  /** Answers a 401 where it is given. */
  logon?: AuthRun;
}

/** Once without a word of who is asking; where that is not enough, once more with the account's own logon. */
export async function download(url: URL, options: GetOptions, init: ClientInit, tools: ClientTools): Promise<Got> {
  const got = await get(url, options, init, tools);
  const { dialect, settings, credentials } = init;
  if (!got.answer.ok || got.answer.value.status !== 401 || dialect.script.logsOn?.(settings) !== true) return got;
  const who = { chance: tools.chance, date: () => tools.clock.date() };
  const logon = proxyAuth(dialect.auth, credentials, who, originFields).begin(url.origin);
  return get(url, { ...options, logon }, init, tools);
}

/** Direct, never through a proxy, in every dialect. */
async function get(
  url: URL,
  { deadline, extra, logon }: GetOptions,
  init: ClientInit,
  tools: ClientTools,
): Promise<Got> {
  const { connectTimeout } = profileOf(init.dialect).fetch;
  const target = targetOf(url);
  const connection = await reach(target, { deadline, limit: connectTimeout }, init, tools);
  if (!connection.ok) return { conn: null, answer: connection };
  const conn = connection.value.id;
  let stream: Duplex = connection.value;
  try {
    if (url.protocol === 'https:') {
      const timeout = remaining(deadline, tools);
      const options = { serverName: target.host, trust: init.trust, timeout, commonName: init.dialect.commonName };
      const secured = await dialTls(connection.value, options, tools);
      if (!secured.ok) return { conn, answer: secured };
      stream = secured.value.stream;
    }
    const request = { method: 'GET', target: originForm(url), headers: [...fetchHeaders(url, init), ...extra] };
    const ask = (say: HeaderList): Promise<Outcome<Answer>> => {
      const limits = { timeout: remaining(deadline, tools), clock: tools.clock };
      return exchange(stream, { ...request, headers: [...request.headers, ...say] }, limits);
    };
    const first = await ask([]);
    const answer = logon ? await logOn(logon, first, request, ask) : first;
    return { conn, answer: answer.ok && accepts(request.headers, 'gzip') ? ok(decoded(answer.value)) : answer };
  } finally {
    await dropLine({ connection: connection.value }, tools);
  }
}

/** The messages of a logon belong to one connection: where it ends, so does the logon. */
async function logOn(
  logon: AuthRun,
  first: Outcome<Answer>,
  request: AuthRequest,
  ask: (say: HeaderList) => Promise<Outcome<Answer>>,
): Promise<Outcome<Answer>> {
  let answer = first;
  while (answer.ok && answer.value.status === 401 && !closesAfter(answer.value)) {
    const reply = logon.reply({ headers: answer.value.headers, closed: false }, request);
    if (!('say' in reply)) break;
    answer = await ask(reply.say);
  }
  return answer;
}
