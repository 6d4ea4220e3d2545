/** The door of the room: what a customer sends becomes a scenario, and a scenario becomes a small one. */
export { importSent } from './import.ts';
export type { Import, ImportOptions } from './import.ts';
export type { Conflict } from './conflicts.ts';
export type { FileReport, SentFile, Statement } from './sent.ts';
export type { Comparison } from './symptom.ts';
export { shrinkScenario } from './shrink/shrink.ts';
export type { Shrunk, ShrinkOptions } from './shrink/shrink.ts';
