/** The door of the room. */
export { behaviours } from './behaviours/index.ts';
export { startProxy } from './proxy.ts';
export type { Proxy } from './proxy.ts';
export type { KnownClient, ProxyTools } from './context.ts';
export { proxyBehaviour, proxiesSpec, proxyRules, proxySpec } from './spec.ts';
export type { BehaviourOptions, ProxiesSpec, ProxyRules, ProxySpec } from './spec.ts';
