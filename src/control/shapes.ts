/** What the control API gives, as schemas for its document. */
import { z } from 'zod';

import { confidences, severities } from '../finding.ts';

const place = z.object({ host: z.string(), port: z.int() });

const door = z.object({
  what: z.enum(['dns', 'host', 'proxy']),
  name: z.string(),
  names: z.array(z.string()),
  story: z.string().describe('address and port in the scenario'),
  real: place.describe('where programs reach it'),
  transport: z.enum(['udp', 'tcp']),
  speaks: z.enum(['dns', 'http', 'https', 'tcp', 'proxy', 'tls-proxy']),
});

export const status = z.object({
  scenario: z.object({
    id: z.string(),
    name: z.string(),
    file: z.string(),
    row: z.record(z.string(), z.unknown()),
  }),
  version: z.string(),
  clock: z.object({ now: z.number().describe('milliseconds since the lab started'), date: z.string() }),
  doors: z.array(door),
  rewrites: z.boolean().describe('proxy scripts name real addresses on their way out'),
  events: z.object({ last: z.int().describe('number of the last one'), kept: z.int() }),
  changed: z.array(z.string()).describe('paths that are not as in the scenario'),
});

export const setting = z.object({ path: z.string(), value: z.unknown(), changed: z.boolean() });

export const event = z.object({
  seq: z.int(),
  at: z.number().describe('milliseconds since the lab started'),
  by: z.string(),
  type: z.string(),
  data: z.record(z.string(), z.unknown()),
});

export const scripts = z.object({
  events: z.array(event),
  reached: z.array(
    z.object({
      client: z.string(),
      request: z.int(),
      seq: z.int().describe('of the pac.answered'),
      lines: z.array(z.int()).nullable().describe('those that ran; null when that cannot be told'),
      decided: z.object({ line: z.int(), column: z.int() }).nullable().describe('the return that decided'),
    }),
  ),
});

export const finding = z.object({
  id: z.string(),
  title: z.string(),
  severity: z.enum(severities),
  confidence: z.enum(confidences),
  why: z.string(),
  fix: z.string(),
  refutedIf: z.string(),
  alternatives: z.array(z.object({ id: z.string(), tellApart: z.string() })),
  evidence: z.array(z.int()).describe('numbers of events'),
});

export const behaviour = z.object({
  kind: z.string(),
  summary: z.string(),
  options: z.record(z.string(), z.unknown()).describe('JSON Schema'),
});

export const health = z.object({ open: z.boolean(), doors: z.array(door.extend({ open: z.boolean() })) });

export const problem = z.object({
  problems: z.array(z.object({ message: z.string(), hint: z.string().optional(), path: z.string().optional() })),
});
