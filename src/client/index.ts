/** The door of the client room. */
export { createClient } from './client.ts';
export type { Client, RequestOptions, RequestResult } from './client.ts';
export { dialectNames, dialectOf, dialects } from './dialects/index.ts';
export { programFor } from './programs/index.ts';
export { clientSpec, clientsSpec } from './spec.ts';
export type { ClientSpec } from './spec.ts';
export type { ClientInit, ClientTools, Network } from './tools.ts';
