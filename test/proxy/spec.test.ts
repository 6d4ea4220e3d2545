import { expect, test } from 'vitest';

import { behaviours, proxiesSpec, proxySpec } from '../../src/proxy/index.ts';

const problems = (value: unknown): string[] =>
  (proxySpec.safeParse(value).error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);

test('takes what the interface shows', () => {
  const given = {
    edge: {
      listen: 'proxy.corp.example:8080',
      rules: [
        {
          when: { host: '*.servicebus.windows.net', method: 'CONNECT', nth: 1 },
          then: { kind: 'respond', status: 502 },
        },
        { when: { port: { not: { oneOf: [443, 80] } } }, then: 'deny' },
      ],
    },
    inner: {
      listen: '10.20.0.9:3128',
      behaviour: { kind: 'challenge', schemes: ['negotiate', 'ntlm'], realm: 'CORP' },
    },
  };
  expect(proxiesSpec.parse(given)).toMatchObject(given.inner ? { inner: given.inner } : {});
  expect(proxiesSpec.parse(given)['edge']?.rules[1]?.then).toEqual({ kind: 'deny' });
  expect(proxiesSpec.parse(undefined)).toEqual({});
});

test('behaviour and rules exclude each other', () => {
  expect(problems({ listen: 'a:1', behaviour: 'deny', rules: [{ then: 'deny' }] })).toEqual([
    'rules: either behaviour or rules, not both',
  ]);
  expect(problems({ listen: 'a:1', behaviour: 'deny' })).toEqual([]);
  expect(problems({ listen: 'a:1', rules: [{ then: 'deny' }] })).toEqual([]);
});

test.each([
  [{ listen: 'http://a:1' }, 'listen'],
  [{ listen: 'a:70000' }, 'listen'],
  [{ listen: 'a:1', port: 1 }, ''],
  [{ listen: 'a:1', ports: [0] }, 'ports.0'],
  [{ listen: 'a:1', behaviour: { kind: 'respond' } }, 'behaviour.status'],
  [{ listen: 'a:1', behaviour: { kind: 'respond', status: 99 } }, 'behaviour.status'],
  [{ listen: 'a:1', behaviour: { kind: 'respond', status: 502, reason: 'a\r\nX: y' } }, 'behaviour.reason'],
  [{ listen: 'a:1', behaviour: { kind: 'respond', status: 502, headers: { 'a b': '1' } } }, 'behaviour.headers.a b'],
  [{ listen: 'a:1', behaviour: { kind: 'challenge', schemes: ['kerberos'] } }, 'behaviour.schemes.0'],
  [{ listen: 'a:1', behaviour: { kind: 'deny', why: 'x' } }, 'behaviour'],
  [{ listen: 'a:1', behaviour: 'explode' }, 'behaviour.kind'],
  [{ listen: 'a:1', rules: [{ when: { hots: 'x' }, then: 'deny' }] }, 'rules.0.when'],
])('%o is a mistake at %s', (given, path) => {
  expect(problems(given).map((problem) => problem.slice(0, problem.indexOf(': ')))).toEqual([path]);
});

test('every behaviour has a summary, and explains itself with its defaults', () => {
  const least: Record<string, object> = { respond: { status: 502 } };
  for (const { summary, options, explain } of behaviours) {
    const kind = options.shape.kind.value;
    const parsed = proxySpec.parse({ listen: 'a:1', behaviour: { kind, ...least[kind] } }).behaviour;
    expect(summary, kind).toMatch(/^[A-Z].*\.$/);
    expect(explain(parsed as never), kind).toMatch(/^[a-z]/);
  }
});
