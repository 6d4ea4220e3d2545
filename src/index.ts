export type { TraceEvent } from './trace/events.ts';
