import { expect, test } from 'vitest';
import { z } from 'zod';

import { fileReferences, hostsSpec } from '../../src/http/index.ts';
import { httpOf } from '../../src/http/spec.ts';

const issues = (host: unknown): string[] => {
  const parsed = hostsSpec.safeParse({ 'a.example': host });
  return parsed.success ? [] : parsed.error.issues.map(({ code }) => code);
};

test('http has a short form on port 80 and a long one with a port', () => {
  const hosts = hostsSpec.parse({
    'a.example': { http: { '/x': { status: 204 } } },
    'b.example': { http: { port: 8080, paths: { '/y': {} } } },
    'c.example': {},
  });
  const forms = Object.values(hosts).map((host) => httpOf(host));
  expect(forms.map((form) => form && [form.port, Object.keys(form.paths)])).toEqual([
    [80, ['/x']],
    [8080, ['/y']],
    undefined,
  ]);
});

test('https, tcp, behaviour and rules take what the interface names', () => {
  const host = {
    address: '203.0.113.10',
    https: { certificate: 'public-ca', clientCertificate: 'required', paths: { '/bootstrap': { status: 200 } } },
    tcp: { ports: [5671, 9350], then: 'accept' },
    behaviour: 'login-page',
    rules: [{ when: { path: '/x', first: 2 }, then: { kind: 'slow', by: '30s' } }],
  };
  expect(issues(host)).toEqual([]);
  expect(issues({ https: { certificate: { authority: 'inspection-ca', fault: 'expired' } } })).toEqual([]);
  expect(issues({ https: { certificate: { fault: ['expired', 'wrong-name'] } } })).toEqual([]);
});

test.each([
  ['an unknown key', { htp: {} }],
  ['a path without its slash', { http: { 'wpad.dat': {} } }],
  ['a port that is none', { http: { port: 0, paths: {} } }],
  ['a resource with an unknown key', { http: { '/': { statuss: 200 } } }],
  ['two contents', { http: { '/': { body: 'x', pacText: 'y' } } }],
  ['an unknown fault', { https: { certificate: { fault: 'old' } } }],
  ['an unknown behaviour', { behaviour: 'misbehave' }],
  ['no ports', { tcp: { ports: [] } }],
])('%s is a mistake', (_what, host) => {
  expect(issues(host)).not.toEqual([]);
});

test('every file is listed with its place below hosts', () => {
  const hosts = hostsSpec.parse({
    'a.example': { http: { '/p': { pac: './a.pac' }, '/q': { pacText: 'x' } } },
    'b.example': {
      http: { port: 81, paths: { '/p': { bodyFile: './b.html' } } },
      https: { paths: { '/s': { pac: './c.pac' } } },
    },
  });
  expect(fileReferences(hosts)).toEqual([
    { path: ['a.example', 'http', '/p', 'pac'], value: './a.pac' },
    { path: ['b.example', 'http', 'paths', '/p', 'bodyFile'], value: './b.html' },
    { path: ['b.example', 'https', 'paths', '/s', 'pac'], value: './c.pac' },
  ]);
});

test('the schema can be printed', () => {
  expect(z.toJSONSchema(hostsSpec, { io: 'input', unrepresentable: 'any' })).toHaveProperty('additionalProperties');
});
