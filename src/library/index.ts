/** The door of the library room. */
export { importFiles } from './import.ts';
export type { Import, ImportOptions } from '../reproduce/index.ts';
export { startLab } from './lab.ts';
export type { OpenClient, OpenLab, OpenProxy, StartOptions } from './lab.ts';
export type { ScenarioSource } from './load.ts';
export { runScenarios } from './scenarios.ts';
