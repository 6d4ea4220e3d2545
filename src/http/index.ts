/** The door of the HTTP room: hosts for the lab, one exchange for its clients. */
export type { HostBehaviour, HostContext, HostRequest, Reply, Said } from './behaviour.ts';
export { behaviours } from './behaviours/index.ts';
export { headerOf } from './body.ts';
export { accepts, decoded } from './coding.ts';
export type { Files } from './content.ts';
export { connectTunnel, exchange } from './exchange.ts';
export type { ExchangeLimits, HttpRequest } from './exchange.ts';
export type { Answer, LenientReader } from './response.ts';
export { startHosts } from './server.ts';
export type { HostServer, HostTools } from './server.ts';
export { fileReferences, hostBehaviour, hostRules, hostsSpec } from './spec.ts';
export type { HostRules, HostSpec, HostsSpec } from './spec.ts';
