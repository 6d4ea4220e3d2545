/** Events over HTTP while they happen: one a line, or as server-sent events with their numbers as ids. */
import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Lab } from '../lab/lab.ts';
import type { TraceEvent } from '../trace/events.ts';
import type { EventStream } from './route.ts';

/** Between two signs of life, in milliseconds; proxies on the way give up on a silent stream after a minute. */
const heartbeat = 15_000;
/** A reader that lags by more bytes than this is let go. */
const mostBehind = 16_000_000;

export function streamEvents(
  request: IncomingMessage,
  response: ServerResponse,
  { after, follow, wanted }: EventStream,
  { trace, clock }: Pick<Lab, 'trace' | 'clock'>,
): void {
  const live = /\btext\/event-stream\b/.test(request.headers.accept ?? '');
  const type = live ? 'text/event-stream' : 'application/x-ndjson';
  response.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' });
  response.flushHeaders();
  const written = (event: TraceEvent): string => {
    const text = JSON.stringify(event);
    return live ? `id: ${event.seq}\ndata: ${text}\n\n` : `${text}\n`;
  };
  const past = trace.events.filter((event) => event.seq > after && wanted(event));
  response.write(past.map(written).join(''));
  if (!follow && !live) {
    response.end();
    return;
  }
  const silence = trace.listen((event) => {
    if (response.writableLength > mostBehind) response.destroy();
    else if (wanted(event)) response.write(written(event));
  });
  let callOff = (): void => undefined;
  const beat = (): void => {
    if (live) response.write(': still here\n\n');
    callOff = clock.after(heartbeat, beat);
  };
  callOff = clock.after(heartbeat, beat);
  response.once('close', () => {
    silence();
    callOff();
  });
}
