/** Events, times and texts in words, for every reporter that people read. */
import { printable } from '../printable.ts';
import { sayDuration } from '../duration.ts';
import type { TraceEvent } from '../trace/events.ts';

/** Fields that only join events, or that the line says already. */
const silent = new Set(['conn', 'upstream', 'request', 'client', 'proxy', 'headers', 'id', 'span', 'bytes']);
const longestField = 60;

/** `route=PROXY a:8080 failure=tcp.refused next=stop`: what an event says, on one line. */
export const sayData = (event: TraceEvent): string =>
  Object.entries(event.data)
    .filter(([name, value]) => !silent.has(name) && value !== null)
    .map(([name, value]) => `${name}=${cut(sayField(value), longestField)}`)
    .join(' ');

/** `#12 at 21 s, client:service: client.attempt-finished route=…` */
export const sayEvent = (event: TraceEvent): string =>
  printable(`#${event.seq} at ${sayDuration(event.at)}, ${event.by}: ${event.type} ${sayData(event)}`).trimEnd();

function sayField(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return `[${value.map(sayField).join(', ')}]`;
  return JSON.stringify(value);
}

export const cut = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length - 1)}…` : text;

interface Times {
  labMs: number;
  wallMs: number;
}

/** Both clocks: `10 min of lab time in 31 ms`; the lab's is left out when nothing had to wait. */
export const sayTimes = ({ labMs, wallMs }: Times): string =>
  labMs < 1 ? sayDuration(wallMs) : `${sayDuration(labMs)} of lab time in ${sayDuration(wallMs)}`;

/** Both clocks as a column: `  10 min → 31 ms`. */
export const columnOfTimes = ({ labMs, wallMs }: Times): string =>
  `${labMs < 1 ? ' '.repeat(11) : `${sayDuration(labMs).padStart(8)} → `}${sayDuration(wallMs)}`;
