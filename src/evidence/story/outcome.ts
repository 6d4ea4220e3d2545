/** How a connection ended that brought no answer of its own. */
import type { Connection, Exchange } from '../connection.ts';
import { isBefore } from '../slot.ts';
import type { Slot } from '../slot.ts';
import { brokenIn } from './handshakes.ts';
import { failureOfDial } from './wire.ts';
import type { World } from './world.ts';

export interface Outcome {
  end: Slot;
  /** One of `src/failure.ts`; null when there was none, undefined when the capture ends before. */
  failure: string | null | undefined;
  detail: string | null;
}

/** How long nobody may answer before a client is taken to have given up, when it closes. */
const patienceMs = 900;
/** A lone SYN is silence only when the capture goes on for longer than any client waits before the second. */
const secondSynMs = 3500;

/** How a connection ended that brought no answer of its own. */
export function outcomeOf(world: World, connection: Connection): Outcome {
  const { state, syns, begun, last, to } = connection;
  const failure = failureOfDial(state);
  if (state === 'silent') {
    const end = syns.at(-1) ?? begun;
    const told = syns.length > 1 || world.ended - end.at > secondSynMs;
    return { end, failure: told ? failure : undefined, detail: `no answer from ${to} to ${syns.length} SYNs` };
  }
  if (failure) return { end: begun, failure, detail: `${to} ${state} the connection` };
  for (const handshake of connection.handshakes) {
    const broken = brokenIn(handshake, connection);
    if (broken) return { end: broken.slot, failure: broken.code, detail: broken.detail };
  }
  const answer = connection.exchanges.findLast((exchange) => exchange.answer !== null && !opens(exchange))?.answer;
  const open = connection.exchanges.findLast(({ answer: got, malformed }) => got === null && malformed === null);
  if (answer && !open) return { end: answer.done, failure: null, detail: null };
  return cutOff(connection, open) ?? { end: last, failure: settled(connection) ? null : undefined, detail: null };
}

const opens = ({ method, answer }: Exchange): boolean => method === 'CONNECT' && answer !== null && answer.status < 300;

/** Something passed both ways, and nobody was left waiting. */
const settled = ({ bytes }: Connection): boolean => bytes.up > 0 && bytes.down > 0;

/** An end while somebody waited for an answer. */
function cutOff({ ends, lastData, begun }: Connection, open: Exchange | undefined): Outcome | undefined {
  const waiting = lastData.up && (!lastData.down || isBefore(lastData.down, lastData.up)) ? lastData.up : undefined;
  const since = open?.asked ?? waiting;
  const [end] = ends;
  if (!end || (!since && lastData.down)) return undefined;
  if (end.dir === 'down') {
    const [code, verb] = end.how === 'rst' ? ['tcp.reset', 'reset'] : ['tcp.closed', 'closed'];
    return since || !lastData.up
      ? { end: end.slot, failure: code, detail: `the peer ${verb} the connection` }
      : undefined;
  }
  const waited = end.slot.at - (since ?? begun).at;
  if (waited < patienceMs || !since) return undefined;
  return { end: end.slot, failure: 'http.timeout', detail: `no answer within ${Math.round(waited)} ms` };
}
