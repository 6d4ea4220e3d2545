/** The door of the library room. */
export { startLab } from './lab.ts';
export type { OpenClient, OpenLab, OpenProxy, StartOptions } from './lab.ts';
export type { ScenarioSource } from './load.ts';
export { runScenarios } from './scenarios.ts';
