/** The door of the client room. */
export { createClient } from './client.ts';
export type { Client, RequestOptions, RequestResult } from './client.ts';
export { dialectNames, dialectOf, dialects } from './dialects/index.ts';
export type { Basis, Page, Program, Visit } from './program.ts';
export { programFor, programs } from './programs/index.ts';
export { runningProgram } from './running.ts';
export type { Cast, RunningProgram } from './running.ts';
export { Turns } from './turns.ts';
export { clientSpec, clientsSpec } from './spec.ts';
export type { ClientSpec } from './spec.ts';
export type { ClientInit, ClientTools, Network } from './tools.ts';
