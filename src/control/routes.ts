/** Everything that the control API can do. `docs/openapi.json` is made of this list. */
import { z } from 'zod';

import { InputError } from '../failure.ts';
import { globPattern } from '../glob.ts';
import { profileNames } from '../pac/index.ts';
import { behavioursOf } from './behaviours.ts';
import { captureFormats } from './live.ts';
import type { CaptureFormat } from './live.ts';
import type { Route } from './route.ts';
import * as shapes from './shapes.ts';

const json = 'application/json';

export const routes: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/status',
    id: 'status',
    summary: 'The lab: its scenario, its clock, and every door with its real address',
    answer: { description: 'the state of the lab', types: [json], schema: shapes.status },
    serve: ({ live }) => ({ json: live.status() }),
  },
  {
    method: 'GET',
    path: '/v1/settings',
    id: 'settings',
    summary: 'Everything that can be changed, and what it is now',
    answer: { description: 'all settings', types: [json], schema: z.array(shapes.setting) },
    serve: ({ live }) => ({ json: live.settings() }),
  },
  {
    method: 'GET',
    path: '/v1/settings/{path}',
    id: 'get',
    summary: 'One setting, by its path in the scenario file',
    answer: { description: 'the setting', types: [json], schema: shapes.setting },
    serve: ({ live, path }) => ({ json: live.get(path['path'] ?? '') }),
  },
  {
    method: 'PUT',
    path: '/v1/settings/{path}',
    id: 'set',
    summary: 'Changes one setting, as a change step does',
    body: z.strictObject({ value: z.unknown().describe('as in the scenario file') }),
    answer: { description: 'the setting as it is now', types: [json], schema: shapes.setting },
    serve: ({ live, path, body }) => ({ json: live.set(path['path'] ?? '', (body as { value: unknown }).value) }),
  },
  {
    method: 'POST',
    path: '/v1/reset',
    id: 'reset',
    summary: 'Everything as in the scenario again, counted from the start; earlier events are forgotten',
    answer: { description: 'the state of the lab', types: [json], schema: shapes.status },
    serve({ live }) {
      live.reset();
      return { json: live.status() };
    },
  },
  {
    method: 'GET',
    path: '/v1/events',
    id: 'events',
    summary: 'What has happened, one event a line, or as server-sent events to those who accept these',
    query: {
      after: { description: 'only events with higher numbers', schema: { type: 'integer', minimum: 0, default: 0 } },
      follow: { description: 'goes on with what happens', schema: { type: 'boolean', default: false } },
      types: { description: 'globs of types, with commas: proxy.*,dns.query', schema: { type: 'string' } },
    },
    answer: { description: 'the events', types: ['application/x-ndjson', 'text/event-stream'], schema: shapes.event },
    serve({ query, lastEventId }) {
      const after = numberIn(lastEventId ?? query.get('after') ?? '0', 'after');
      const globs = (query.get('types') ?? '*').split(',').map((glob) => globPattern(glob.trim()));
      const wanted = ({ type }: { type: string }): boolean => globs.some((glob) => glob.test(type));
      return { events: { after, follow: ['', '1', 'true'].includes(query.get('follow') ?? 'false'), wanted } };
    },
  },
  {
    method: 'GET',
    path: '/v1/findings',
    id: 'diagnose',
    summary: 'What is wrong, by everything that has happened so far',
    answer: { description: 'findings, the one to fix first first', types: [json], schema: z.array(shapes.finding) },
    serve: async ({ live }) => ({ json: await live.findings() }),
  },
  {
    method: 'GET',
    path: '/v1/scripts',
    id: 'scripts',
    summary: 'Proxy scripts that programs outside have read, and what these give for what was asked of proxies of late',
    query: {
      profile: { description: 'by whose rules', schema: { enum: [...profileNames], default: 'chromium' } },
    },
    answer: {
      description:
        'events of a client (pac.loaded, pac.called, pac.answered, pac.failed), and for each pac.answered the lines that ran',
      types: [json],
      schema: shapes.scripts,
    },
    async serve({ live, query }) {
      const wanted = query.get('profile') ?? 'chromium';
      const profile = profileNames.find((name) => name === wanted);
      if (!profile)
        throw new InputError([{ message: `profile is one of ${profileNames.join(', ')}, got '${wanted}'` }]);
      return { json: await live.scripts(profile) };
    },
  },
  {
    method: 'GET',
    path: '/v1/capture',
    id: 'capture',
    summary: 'What has happened as a file for Wireshark, as HAR, or as events',
    query: { format: { description: 'what kind of file', schema: { enum: [...captureFormats], default: 'pcapng' } } },
    answer: {
      description: 'the file',
      types: ['application/x-pcapng', json, 'application/x-ndjson'],
    },
    async serve({ live, query }) {
      const format = formatIn(query.get('format') ?? 'pcapng');
      const types = { pcapng: 'application/x-pcapng', har: json, ndjson: 'application/x-ndjson' };
      const name = `${live.scenario.model.id}.${format}`;
      return { content: await live.capture(format), type: types[format], name };
    },
  },
  {
    method: 'GET',
    path: '/v1/behaviours',
    id: 'behaviours',
    summary: 'Every behaviour that DNS, a host or a proxy may have, with the schema of its options',
    answer: {
      description: 'by the part of the lab that may behave so',
      types: [json],
      schema: z.record(z.enum(['dns', 'hosts', 'proxies']), z.array(shapes.behaviour)),
    },
    serve: () => ({ json: behavioursOf() }),
  },
  {
    method: 'GET',
    path: '/v1/ca/{name}',
    id: 'ca',
    summary: 'The certificate of an authority of the lab: public-ca, inspection-ca, any other name',
    answer: { description: 'PEM', types: ['application/x-pem-file'] },
    async serve({ live, path }) {
      const name = path['name'] ?? '';
      if (!/^[\w.-]+$/.test(name)) throw new InputError([{ message: `'${name}' is no name of an authority` }]);
      const { pem } = await live.lab.pki.authority(name);
      return { content: pem, type: 'application/x-pem-file', name: `${name}.pem` };
    },
  },
  {
    method: 'GET',
    path: '/v1/health',
    id: 'health',
    summary: 'Whether every door still lets programs in; the question leaves no event',
    answer: { description: 'each door', types: [json], schema: shapes.health },
    serve: async ({ live }) => ({ json: await live.health() }),
  },
  {
    method: 'POST',
    path: '/v1/down',
    id: 'down',
    summary: 'Ends the lab',
    answer: { description: 'it ends now', types: [json] },
    serve({ live }) {
      live.stop();
      return { json: { stopping: true }, status: 202 };
    },
  },
];

function numberIn(text: string, name: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InputError([{ message: `${name} is a number of an event, got '${text}'` }]);
  return Number(text);
}

function formatIn(text: string): CaptureFormat {
  const format = captureFormats.find((each) => each === text);
  if (!format) throw new InputError([{ message: `format is one of ${captureFormats.join(', ')}, got '${text}'` }]);
  return format;
}
