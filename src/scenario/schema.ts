/** The scenario file: the rooms' specs put together. `paclab schema scenario` prints it. */
import { z } from 'zod';

import { dhcpSpec } from '../client/dhcp.ts';
import { clientsSpec } from '../client/spec.ts';
import { dnsSpec } from '../dns/spec.ts';
import { expectSpec, stepExpectSpec } from '../expect/index.ts';
import { hostsSpec } from '../http/spec.ts';
import { firewallSpec } from '../net/firewall.ts';
import { proxiesSpec } from '../proxy/spec.ts';
import { stepsSpec } from '../step/spec.ts';
import { isZone } from '../zone.ts';

/** 2026-03-02 08:00 UTC: a Monday morning, the start of every lab that does not say otherwise. */
const defaultStart = '2026-03-02T08:00:00Z';

const clockSpec = z.strictObject({
  start: z.iso.datetime({ offset: true }).default(defaultStart).describe('when the lab starts, in its own world'),
  zone: z.string().refine(isZone, 'an IANA time zone is needed, such as Europe/Berlin').default('UTC'),
});

export const labSpec = z.strictObject({
  extends: z.string().optional().describe('a preset that this lab builds on'),
  clock: clockSpec.prefault({}),
  dns: dnsSpec.prefault({}),
  dhcp: dhcpSpec.prefault({}),
  hosts: hostsSpec,
  proxies: proxiesSpec,
  firewall: firewallSpec.prefault({}),
});
export type LabSpec = z.output<typeof labSpec>;

const idPattern = /^[a-z0-9]+(-[a-z0-9]+)*$/;

export const scenarioSchema = z.strictObject({
  version: z.literal(1),
  id: z.string().regex(idPattern, 'an id is made of lower-case words, digits and dashes'),
  name: z.string().min(1).describe('one sentence that tells the story'),
  tags: z.array(z.string().regex(idPattern, 'a tag is made of lower-case words, digits and dashes')).default([]),
  matrix: z
    .record(z.string(), z.array(z.unknown()).min(1))
    .optional()
    .describe('product of lists; each row is a run of its own'),
  vars: z.record(z.string(), z.unknown()).optional().describe('values for $(vars.x)'),
  lab: labSpec.prefault({}),
  clients: clientsSpec,
  steps: stepsSpec(stepExpectSpec),
  expect: expectSpec.optional(),
  healthy: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('an overlay that turns the fault off; null takes a key away. The twin must find nothing'),
});
export type ScenarioModel = z.output<typeof scenarioSchema>;
