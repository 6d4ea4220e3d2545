/** paclab as a library: the whole public door. */
export { diagnose } from './diagnosis/index.ts';
export { InputError, LabError } from './failure.ts';
export type { Problem, SourcePlace } from './failure.ts';
export type { Alternative, Confidence, Finding, Severity } from './finding.ts';
export { importFiles, runScenarios, startLab } from './library/index.ts';
export type { Import, ImportOptions } from './library/index.ts';
export type { OpenClient, OpenLab, OpenProxy, ScenarioSource, StartOptions } from './library/index.ts';
export { loadPac } from './pac/index.ts';
export type { Evaluation, Pac, PacError, Resolution, ResolveOptions } from './pac/index.ts';
export type { Judgement, RunRecord, RunResult, RunSummary, Verdict } from './run/record.ts';
export type { EventMap, EventType, TraceEvent } from './trace/events.ts';
