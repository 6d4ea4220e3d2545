import { expect, test } from 'vitest';

import { judgeStep, stepExpectSpec } from '../../src/expect/index.ts';
import { service, story, viaProxy } from '../kit/events.ts';

/** Step 0 is healthy and direct, step 1 is refused by a proxy, step 2 is inspected; step 3 requests nothing. */
const told = story()
  .step(0, (inner) => inner.request(service, (request) => request.routes('DIRECT').direct().finish(200)))
  .step(1, (inner) =>
    inner.request(service, (request) => {
      request.routes('PROXY 10.20.0.7:8080', viaProxy).refused('10.20.0.7:8080', 'PROXY 10.20.0.7:8080');
      inner.pass(2000);
      request.tunnel({ status: 407, schemes: ['Negotiate', 'NTLM'] });
      const text = 'The remote server returned an error: (407) Proxy Authentication Required.';
      request.finish(407, viaProxy, { name: 'ProtocolError', text, cause: 'proxy.auth' });
    }),
  )
  .step(2, (inner) =>
    inner.request(service, (request) => {
      request.routes(viaProxy).tunnel({ status: 200 }, (conn, upstream) => {
        request.handshake(conn, 'Inspection CA').origin(upstream, 403, null);
        return null;
      });
      request.finish(403, viaProxy);
    }),
  )
  .step(3, (inner) => inner.pass(600_000));

const at = (path: readonly (string | number)[]) => ({ file: path.join('.'), line: 1, column: 1 });
const judged = (step: number, wanted: unknown) => judgeStep(stepExpectSpec.parse(wanted), told.events, { step, at });
const both = (step: number, right: unknown, wrong: unknown) => {
  expect(judged(step, right).map(({ passed }) => passed)).toEqual([true]);
  const [bad] = judged(step, wrong);
  expect(bad?.passed).toBe(false);
  return bad;
};

test('route is the one the request ended with', () => {
  const bad = both(1, { route: viaProxy }, { route: 'DIRECT' });
  expect(bad).toMatchObject({
    expected: 'route "DIRECT"',
    actual: `route "${viaProxy}", tried ["PROXY 10.20.0.7:8080","${viaProxy}"]`,
    at: { file: 'route' },
  });
  both(0, { route: 'DIRECT' }, { route: { matches: '^PROXY' } });
});

test('status is the client’s', () => {
  const bad = both(0, { status: 200 }, { status: { oneOf: [301, 302] } });
  expect(bad?.actual).toMatch(/^event \d+: ✗ status 200, expected one of 301, 302$/);
});

test('error is matched by name or by text, and null is none', () => {
  both(1, { error: 'ProtocolError' }, { error: 'ConnectFailure' });
  both(1, { error: { contains: '(407)' } }, { error: { contains: '(502)' } });
  both(1, { error: { not: 'ConnectFailure' } }, { error: { not: 'ProtocolError' } });
  expect(both(0, { error: null }, { error: 'ProtocolError' })?.actual).toBe('no error');
  expect(judged(1, { error: null })[0]?.passed).toBe(false);
});

test('attempts are all routes in order', () => {
  const bad = both(
    1,
    { attempts: ['PROXY 10.20.0.7:8080', viaProxy] },
    { attempts: [viaProxy, 'PROXY 10.20.0.7:8080'] },
  );
  expect(bad?.actual).toBe(`PROXY 10.20.0.7:8080 (tcp.refused), then ${viaProxy} (proxy.auth)`);
  both(0, { attempts: [{ not: viaProxy }] }, { attempts: ['DIRECT', 'DIRECT'] });
});

test('proxy is what it answered and offered, schemes in any order and case', () => {
  const bad = both(
    1,
    { proxy: { status: 407, schemes: ['ntlm', 'negotiate'], name: 'edge' } },
    { proxy: { status: 403, schemes: ['ntlm', 'negotiate'] } },
  );
  expect(bad?.actual).toMatch(/✗ status 407, expected 403; ✓ schemes \["Negotiate","NTLM"\]$/);
  both(0, { proxy: { status: null } }, { proxy: { status: 200 } });
});

test('origin is whether it was reached, what it answered, and which certificate came', () => {
  both(0, { origin: { reached: true, status: 200, clientCertificate: 'connector' } }, { origin: { reached: false } });
  both(1, { origin: { reached: false, status: null } }, { origin: { reached: true } });
  both(2, { origin: { clientCertificate: null, status: 403 } }, { origin: { clientCertificate: 'connector' } });
});

test('tls is the certificate that the client was shown', () => {
  const bad = both(
    2,
    { tls: { issuer: { contains: 'Inspection' }, established: true, version: 'TLSv1.2' } },
    { tls: { issuer: 'Public CA' } },
  );
  expect(bad?.actual).toMatch(/✗ issuer "Inspection CA", expected "Public CA"$/);
  both(0, { tls: { established: false } }, { tls: { established: true } });
});

test('failure is one of the codes', () => {
  expect(both(1, { failure: 'proxy.auth' }, { failure: 'tcp.timeout' })?.actual).toBe(
    'failure "proxy.auth" (proxy.auth)',
  );
  both(0, { failure: null }, { failure: 'proxy.auth' });
  expect(stepExpectSpec.safeParse({ failure: 'proxy.atuh' }).success).toBe(false);
});

test('elapsed is from the request to its end', () => {
  both(1, { elapsed: '2s' }, { elapsed: { between: ['0s', '1s'] } });
  both(0, { elapsed: '0s' }, { elapsed: '1s' });
});

test('a step is judged by its own events', () => {
  expect(judged(0, { proxy: { status: null }, status: 200 }).map(({ passed }) => passed)).toEqual([true, true]);
});

test('a step that requests nothing fails every expectation of it', () => {
  expect(judged(3, { route: 'DIRECT', status: 200 })).toMatchObject([
    { passed: false, actual: 'no client requested anything in this step', at: { file: 'route' } },
    { passed: false, at: { file: 'status' } },
  ]);
});
