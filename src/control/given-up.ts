/**
 * Tries that a capture shows no end of: a SYN without answer. The lab knows when the program gave up, and so that the try
 * failed, and how.
 */
import type { TraceEvent } from '../trace/events.ts';

export interface Attempted {
  request: TraceEvent<'client.request'> | undefined;
  attempt: TraceEvent<'client.attempt'>;
}

/** The client's last two words on a try that ended with this. */
export function givenUp(
  { request, attempt }: Attempted,
  { at, type, data }: TraceEvent<'tcp.timeout' | 'tcp.refused'>,
): TraceEvent[] {
  const { client, request: number, route } = attempt.data;
  const failure = type === 'tcp.timeout' ? 'tcp.timeout' : 'tcp.refused';
  const detail = type === 'tcp.timeout' ? `no answer from ${data.to}` : `${data.to} refused the connection`;
  const common = { at, by: attempt.by, seq: 0 };
  const finished: TraceEvent<'client.attempt-finished'> = {
    ...common,
    type: 'client.attempt-finished',
    data: { ...attempt.data, conn: null, failure, detail, next: 'stop' },
  };
  if (!request) return [finished];
  const error = { name: 'outside', text: detail, cause: failure };
  const end: TraceEvent<'client.finished'> = {
    ...common,
    type: 'client.finished',
    data: { client, request: number, url: request.data.url, route, status: null, error },
  };
  return [finished, end];
}

/** Tries that have begun and not ended, by client and the place they dial. */
export class OpenTries {
  readonly #requests = new Map<string, TraceEvent<'client.request'>>();
  readonly #open = new Map<string, TraceEvent<'client.attempt'>>();

  /** Takes note of an event; gives what follows from it. */
  after(event: TraceEvent): TraceEvent[] {
    if (event.type === 'client.request') this.#requests.set(keyOf(event.data), event);
    else if (event.type === 'client.attempt') this.#open.set(event.by, event);
    else if (event.type === 'client.attempt-finished') this.#open.delete(event.by);
    else if (event.type === 'tcp.timeout' || event.type === 'tcp.refused') {
      const attempt = this.#open.get(event.by);
      this.#open.delete(event.by);
      return attempt ? givenUp({ request: this.#requests.get(keyOf(attempt.data)), attempt }, event) : [];
    }
    return [];
  }
}

const keyOf = ({ client, request }: { client: string; request: number }): string => `${request} ${client}`;
