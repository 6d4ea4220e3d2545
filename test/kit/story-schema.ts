/** A small scenario language for the tests of the front door: every construct of the real one, few of its words. */
import { z } from 'zod';

import { duration } from '../../src/duration.ts';
import { matcher } from '../../src/matcher.ts';
import { oneOf } from '../../src/registry.ts';
import { rulesOf, whenOf } from '../../src/rules.ts';

const behaviours = [
  { summary: 'lets everything pass', options: z.strictObject({ kind: z.literal('allow') }) },
  { summary: 'refuses', options: z.strictObject({ kind: z.literal('deny'), reason: z.string().optional() }) },
  {
    summary: 'demands credentials',
    options: z.strictObject({
      kind: z.literal('challenge'),
      schemes: z.array(z.enum(['basic', 'digest', 'ntlm', 'negotiate'])).min(1),
      realm: z.string().optional(),
    }),
  },
  { summary: 'answers', options: z.strictObject({ kind: z.literal('respond'), status: z.int().min(100).max(599) }) },
];
const behaviour = oneOf(behaviours);

const proxy = z.strictObject({
  listen: z.string().regex(/^[^:]+:\d+$/, 'listen is host:port'),
  behaviour: behaviour.optional(),
  rules: rulesOf(whenOf('host', 'port', 'method'), behaviour),
});

const lab = z.strictObject({
  dns: z.strictObject({ suffix: z.string(), ttl: duration.optional() }).optional(),
  proxies: z.record(z.string().regex(/^[a-z-]+$/, 'a name is lowercase letters and dashes'), proxy).default({}),
  open: z.boolean().default(false),
});

const expectation = z.strictObject({ route: matcher.optional(), status: matcher.optional() });
const steps = z.array(
  z.union([
    z.strictObject({ start: z.string() }),
    z.strictObject({ fetch: z.strictObject({ url: z.url() }), expect: expectation.optional() }),
    z.strictObject({ advance: duration }),
  ]),
);

export const storySchema = z.strictObject({
  version: z.literal(1),
  id: z.string().regex(/^[a-z0-9-]+$/, 'an id is lowercase letters, digits and dashes'),
  tags: z.array(z.string()).default([]),
  lab,
  steps: steps.default([]),
  expect: z
    .strictObject({
      diagnosis: z
        .union([z.literal('none'), z.strictObject({ id: z.string(), alone: z.boolean().optional() })])
        .optional(),
    })
    // Asks even when a key is unknown, as `when` lets it.
    .refine((value) => value.diagnosis !== undefined, { message: 'nothing is expected here', when: () => true })
    .optional(),
});

export const storyPresets = {
  base: { dns: { suffix: 'corp.example' } },
  office: {
    extends: 'base',
    proxies: { edge: { listen: 'edge.corp.example:8080', behaviour: { kind: 'challenge', schemes: ['ntlm'] } } },
  },
};
