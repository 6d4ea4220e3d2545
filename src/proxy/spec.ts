/** `lab.proxies` of the scenario file. */
import { z } from 'zod';

import { splitHostPort } from '../net/address.ts';
import { oneOf } from '../registry.ts';
import { rulesOf, whenOf } from '../rules.ts';
import { behaviours } from './behaviours/index.ts';

const place = z
  .string()
  .refine((text) => splitHostPort(text) !== undefined, 'a host or an address with a port: proxy.corp.example:8080')
  .describe('host:port or address:port; port 8080 when absent');

/** Any behaviour with its options; a bare word is short for one without. */
export const proxyBehaviour = oneOf(behaviours);
export type BehaviourOptions = z.output<typeof proxyBehaviour>;

const when = whenOf('host', 'port', 'method', 'scheme', 'url', 'client', 'address', 'user-agent', 'sni', 'identity');

export const proxyRules = rulesOf(when, proxyBehaviour);

const port = z.int().min(1).max(65_535);

export const proxySpec = z
  .strictObject({
    listen: place,
    behaviour: proxyBehaviour.optional().describe('what it does to every request; healthy when absent'),
    rules: proxyRules.describe('what it does to which request; the first that matches wins, healthy when none does'),
    ports: z.array(port).optional().describe('the ports that CONNECT may ask for; all when absent'),
    accounts: z.record(z.string(), z.string()).default({}).describe('user: password'),
    upstream: z
      .string()
      .regex(/^PROXY\s+\S+$/, 'PROXY host:port')
      .refine((text) => splitHostPort(text.slice(6).trim()) !== undefined, 'PROXY host:port')
      .optional()
      .describe('the next proxy, when this one does not reach destinations itself: PROXY host:port'),
    prohibited: z
      .array(z.string())
      .default([])
      .describe('addresses and ranges (10.0.0.0/8) that no name may lead to: 502 destination_ip_prohibited'),
    via: z.boolean().default(true).describe('adds Via to what it forwards'),
    limits: z
      .strictObject({
        connections: z.int().positive().optional().describe('from all clients together'),
        perAddress: z.int().positive().optional().describe('from one address'),
        excess: z.enum(['close', 'reset', 'hang', '503']).default('close').describe('what happens to one too many'),
      })
      .optional()
      .describe('how many connections it takes at once'),
    headerLimit: z.int().positive().default(131_072).describe('the largest request head in bytes'),
    socks: z
      .union([z.boolean(), z.strictObject({ auth: z.enum(['none', 'password']).default('none') })])
      .default(false)
      .describe('speaks SOCKS 4, 4a and 5 on the same port; auth: password asks for one of the accounts'),
    tls: z
      .strictObject({ certificate: z.string().default('public-ca').describe('the authority of its certificate') })
      .optional()
      .describe('clients speak TLS to this proxy (an HTTPS proxy)'),
  })
  .superRefine(({ behaviour, rules }, context) => {
    if (behaviour !== undefined && rules.length > 0) {
      context.addIssue({ code: 'custom', path: ['rules'], message: 'either behaviour or rules, not both' });
    }
  });
export type ProxySpec = z.output<typeof proxySpec>;

export const proxiesSpec = z.record(z.string(), proxySpec).default({});
