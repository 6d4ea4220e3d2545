/** Tries that are one: an answered challenge, and dials to several addresses of one name. */
import { header } from '../../trace/view.ts';
import { isBefore } from '../slot.ts';
import type { Try } from './tries.ts';
import { isTried } from './unresolved.ts';

/** Farther apart, a dial in vain and the next one to the same place are two tries. */
const againMs = 30_000;

export function joined(tries: readonly Try[]): Try[] {
  const out: Try[] = [];
  const latest = new Map<string, Try>();
  for (const one of tries) {
    const { client, route, target } = one;
    const place = `${client} ${route} ${target?.host} ${target?.port}`;
    const before = latest.get(place);
    if (!before || !(isAnswerTo(before, one) || isNextDial(before, one))) {
      out.push(one);
      latest.set(place, one);
      continue;
    }
    const { start, connections, firstEnd = before.end } = before;
    const all = [...new Set([...connections, ...one.connections])];
    // The last of several dials may have no end in the capture; those before it have.
    if (one.failure === undefined) before.connections = all;
    else Object.assign(before, one, { start, firstEnd, connections: all });
  }
  return out;
}

function isAnswerTo(before: Try, { start, connections }: Try): boolean {
  if (before.failure !== 'proxy.auth' || start.at - before.end.at > againMs) return false;
  const request = connections[0]?.exchanges.find(({ asked }) => !isBefore(asked, before.end) && asked.at >= start.at);
  return header(request?.headers ?? [], 'proxy-authorization') !== undefined;
}

const isNextDial = (before: Try, { start }: Try): boolean =>
  isTried(before.failure) && start.at - before.end.at < againMs;
