/** What a `change` step may name: a path into `lab:`, and the schema of its new value. */
import type { z } from 'zod';

import { dnsBehaviour, dnsRules } from '../dns/spec.ts';
import { recordSet } from '../dns/records.ts';
import { changedResource, hostBehaviour, hostRules } from '../http/spec.ts';
import { firewallSpec } from '../net/firewall.ts';
import { proxyBehaviour, proxyRules } from '../proxy/spec.ts';

export type Changeable =
  | 'proxy-behaviour'
  | 'proxy-rules'
  | 'host-behaviour'
  | 'host-rules'
  | 'host-resource'
  | 'dns-record'
  | 'dns-behaviour'
  | 'dns-rules'
  | 'firewall-rules';

export interface Change {
  what: Changeable;
  /** The proxy, host or name it is about; empty for the rest. */
  name: string;
  /** Of a resource: `http` or `https`, and its path. */
  at?: { scheme: 'http' | 'https'; path: string };
}

interface Form {
  what: Changeable;
  pattern: RegExp;
  schema: z.ZodType;
  /** For the hint. */
  example: string;
}

/** Names of hosts have dots, so the pattern decides where they end. */
const forms: readonly Form[] = [
  {
    what: 'proxy-behaviour',
    pattern: /^proxies\.(.+)\.behaviour$/,
    schema: proxyBehaviour,
    example: 'proxies.edge.behaviour',
  },
  { what: 'proxy-rules', pattern: /^proxies\.(.+)\.rules$/, schema: proxyRules, example: 'proxies.edge.rules' },
  {
    what: 'host-behaviour',
    pattern: /^hosts\.(.+)\.behaviour$/,
    schema: hostBehaviour,
    example: 'hosts.app.corp.example.behaviour',
  },
  { what: 'host-rules', pattern: /^hosts\.(.+)\.rules$/, schema: hostRules, example: 'hosts.app.corp.example.rules' },
  {
    what: 'host-resource',
    pattern: /^hosts\.(.+?)\.(https?)\.(?:paths\.)?(\/.*)$/,
    schema: changedResource.nullable(),
    example: 'hosts.wpad.corp.example.http./wpad.dat',
  },
  {
    what: 'dns-record',
    pattern: /^dns\.records\.(.+)$/,
    schema: recordSet.nullable(),
    example: 'dns.records.wpad.corp.example',
  },
  { what: 'dns-behaviour', pattern: /^dns\.(?=behaviour$)/, schema: dnsBehaviour, example: 'dns.behaviour' },
  { what: 'dns-rules', pattern: /^dns\.(?=rules$)/, schema: dnsRules, example: 'dns.rules' },
  {
    what: 'firewall-rules',
    pattern: /^firewall\.(?=rules$)/,
    schema: firewallSpec.shape.rules,
    example: 'firewall.rules',
  },
];

export const changeExamples = forms.map(({ example }) => example);

/** The schema of a path's value, or undefined when the path names nothing that can change. */
export function changeSchema(path: string): { change: Change; schema: z.ZodType } | undefined {
  for (const { what, pattern, schema } of forms) {
    const match = pattern.exec(path);
    if (!match) continue;
    const [, name = '', scheme, resource] = match;
    if (resource === undefined) return { change: { what, name }, schema };
    return { change: { what, name, at: { scheme: scheme === 'https' ? 'https' : 'http', path: resource } }, schema };
  }
  return undefined;
}

/** A path and value that the loader let pass. */
export function parseChange(path: string, value: unknown): Change & { value: unknown } {
  const found = changeSchema(path);
  if (!found) throw new Error(`the loader let an unknown change pass: ${path}`);
  return { ...found.change, value: found.schema.parse(value) };
}
