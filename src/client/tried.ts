/** One request by one route after the other, and the client's own words for how it ended. */
import type { Answer } from '../http/index.ts';
import { failoverOrder } from '../pac/index.ts';
import type { ProxyMemory } from '../pac/index.ts';
import type { ClientError } from '../trace/events.ts';
import { attempt } from './attempt.ts';
import type { WireRequest } from './attempt.ts';
import type { Trouble } from './dialect.ts';
import { isSecure, targetOf } from './route.ts';
import type { Routes } from './routes.ts';
import type { ClientInit, ClientTools } from './tools.ts';

export interface Tried {
  attempts: string[];
  route: string | null;
  answer: Answer | null;
  trouble: Trouble | null;
  /** The list is at its end, and the last failure would have led on. */
  exhausted: boolean;
}

const nothingTried: Tried = { attempts: [], route: null, answer: null, trouble: null, exhausted: false };

export async function tryRoutes(
  { routes }: Routes,
  { request, wire, memory }: { request: number; wire: WireRequest; memory: ProxyMemory },
  init: ClientInit,
  tools: ClientTools,
): Promise<Tried> {
  const { pen, clock } = tools;
  const { failsOver } = init.dialect.connect;
  const order = failoverOrder(routes, memory, clock.now());
  const failed: string[] = [];
  let last = nothingTried;
  for (const [index, route] of order.entries()) {
    const which = { client: init.name, request, route, attempt: index + 1 };
    pen.write('client.attempt', which);
    const { conn, answer, trouble } = await attempt(route, wire, init, tools);
    const movesOn = trouble !== null && failsOver(trouble);
    const more = movesOn && index + 1 < order.length && clock.now() < wire.deadline;
    last = { attempts: [...last.attempts, route], route, answer, trouble, exhausted: movesOn && !more };
    pen.write('client.attempt-finished', {
      ...which,
      conn,
      failure: trouble?.code ?? null,
      detail: trouble?.detail ?? null,
      next: trouble === null ? 'done' : more ? 'next-route' : 'stop',
    });
    if (movesOn) failed.push(route);
    if (!more) break;
  }
  memory.finished(failed, last.trouble === null ? last.route : null, clock.now());
  return last;
}

/** The client's own words: for a trouble, or for a status that counts as an error. */
export function errorOf(tried: Tried, found: Routes, url: URL, { dialect, calls }: ClientInit): ClientError | null {
  const { answer, trouble, attempts, exhausted } = tried;
  if (found.error && (attempts.length === 0 || exhausted)) return found.error;
  if (trouble) {
    if (showsAnswer(trouble, answer, dialect.connect.refusalIsAnswer) && !dialect.request.statusIsError)
      return dialect.answerError?.(trouble) ?? null;
    const listed = exhausted && found.scripted ? dialect.exhausted?.(found.routes, trouble) : undefined;
    const say = (calls === 'synchronous' ? dialect.synchronousError : undefined) ?? dialect.error;
    return listed ?? say(trouble);
  }
  if (answer?.status === 407 && tried.route === 'DIRECT' && dialect.challengedDirectly)
    return dialect.challengedDirectly;
  if (!answer || answer.status < 400 || !dialect.request.statusIsError) return null;
  const { status, reason } = answer;
  const place = { ...targetOf(url), scheme: isSecure(url) ? 'https' : 'http', ms: 0 } as const;
  const said = { code: 'http.status', detail: `status ${status}`, status, reason } as const;
  return dialect.error({ where: 'origin', during: 'http', ...place, ...said });
}

/** A 407 to a request in absolute form comes as a page; a refused CONNECT where the client hands it on. */
const showsAnswer = ({ where, status = 0, partial }: Trouble, answer: Answer | null, handsOn: boolean): boolean =>
  status >= 200 && partial !== true && (handsOn || (where === 'forward' && answer !== null));
