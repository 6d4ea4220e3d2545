/** The door of the room: what customers send, as events. */
export type { Evidence, EvidenceFile, Note, Progress, ReadOptions, Summary } from './evidence.ts';
export { captureFilter } from './filters/capture-filter.ts';
export { displayFilter } from './filters/display.ts';
export type { Format } from './format.ts';
export { frameIn } from './frame.ts';
export { formatOf, formats, readEvidence } from './read.ts';
