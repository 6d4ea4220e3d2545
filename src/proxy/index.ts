/** The door of the room. */
export { behaviours } from './behaviours/index.ts';
export { startProxy } from './proxy.ts';
export type { Proxy } from './proxy.ts';
export type { ProxyTools } from './context.ts';
export { proxiesSpec, proxyRules, proxySpec } from './spec.ts';
