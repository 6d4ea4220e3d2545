/** The door of the DNS room: a server for the lab, a stub resolver for its clients. */
export type { DnsBehaviour, DnsContext, DnsReply } from './behaviour.ts';
export { behaviours } from './behaviours/index.ts';
export { decode, encode } from './message.ts';
export type { Message } from './message.ts';
export type { AddressType } from './reading.ts';
export { createResolver } from './resolver.ts';
export type { ResolveOptions, Resolved, Resolver, ResolverTools } from './resolver.ts';
export { expandNames } from './search.ts';
export type { SearchDomains, SearchRules } from './search.ts';
export { startDns } from './server.ts';
export type { DnsServer, DnsServerTools } from './server.ts';
export { dnsRecords, dnsRules, dnsSpec } from './spec.ts';
export type { DnsRecords, DnsRules, DnsSpec } from './spec.ts';
export { stubResolvers } from './stubs.ts';
export type { StubName, StubResolver } from './stubs.ts';
export { wpadNames } from './wpad.ts';
export type { WpadNaming, WpadQuestion } from './wpad.ts';
