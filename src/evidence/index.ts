/** The door of the room: what customers send, as events. */
export type { Evidence, EvidenceFile, Note, Progress, ReadOptions, Summary } from './evidence.ts';
export type { Format } from './format.ts';
export { remarksOn } from './remarks.ts';
export type { Remark } from './remarks.ts';
export { formatOf, formats, readEvidence } from './read.ts';
