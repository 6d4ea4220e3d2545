import { expect, test } from 'vitest';

import { ownersOf, proxyOf, requestsOf, routeOf, targetOf } from '../../src/trace/requests.ts';
import { viewOf } from '../../src/trace/view.ts';
import { service, story, viaProxy } from '../kit/events.ts';

const typesOf = (events: readonly { type: string }[]) => new Set(events.map(({ type }) => type));

test('a request through a tunnel holds both connections and both ends of the handshake', () => {
  const told = story().request(service, (request) => {
    request.routes(viaProxy);
    request.story.lookup('proxy.corp.example', '10.20.0.8');
    request.tunnel({ status: 200 }, (conn, upstream) => {
      request.handshake(upstream, 'Public CA', 'server', 'host:tenant.msappproxy.net');
      request.handshake(conn, 'Public CA').origin(upstream, 200);
      return null;
    });
    request.finish(200, viaProxy);
  });
  const [request] = requestsOf(viewOf(told.events));
  const [attempt] = request!.attempts;
  expect(request).toMatchObject({ ok: true, client: 'service', target: { host: 'tenant.msappproxy.net', port: 443 } });
  expect(attempt).toMatchObject({ proxy: { host: 'proxy.corp.example', port: 8080 }, conns: [1], upstreams: [2] });
  expect(attempt?.clientTls.map(({ data }) => data.conn)).toEqual([1]);
  expect(attempt?.originTls.map(({ data }) => data.conn)).toEqual([2]);
  expect(typesOf(request!.events)).toContain('origin.response');
  expect(typesOf(request!.events)).toContain('dns.resolved');
});

test('attempts of a request keep their own dials', () => {
  const told = story().request(service, (request) => {
    request.routes('PROXY 10.20.0.7:8080', viaProxy);
    request.refused('10.20.0.7:8080', 'PROXY 10.20.0.7:8080').tunnel({ status: 403 }).finish(403, viaProxy, {});
  });
  const view = viewOf(told.events);
  const [request] = requestsOf(view);
  expect(request?.attempts.map(({ dials }) => dials.map(({ outcome }) => outcome))).toEqual([['refused'], ['opened']]);
  expect(request?.ok).toBe(false);
  const [refused] = view.ofType('tcp.refused');
  expect(ownersOf(view).get(refused!.seq)?.attempt.route).toBe('PROXY 10.20.0.7:8080');
});

test('a pooled connection belongs to the request that used it at the time', () => {
  const told = story()
    .request(service, (request) => request.routes('DIRECT').direct().finish(200))
    .request(service, (request) => {
      request.routes('DIRECT').attempt('DIRECT', null, () => {
        request.origin(1, 404);
        return 1;
      });
      request.finish(404);
    });
  const statuses = requestsOf(viewOf(told.events)).map((request) =>
    request.ofType('origin.response').map(({ data }) => data.status),
  );
  expect(statuses).toEqual([[200], [404]]);
});

test('two clients with the same request number are two requests', () => {
  const one = story('service').request(service, (request) => request.routes('DIRECT').direct().finish(200));
  const two = story('updater').request(service, (request) => request.routes(viaProxy).tunnel({ status: 403 }));
  const events = [...one.events, ...two.events].map((event, index) => ({ ...event, seq: index + 1 }));
  expect(requestsOf(viewOf(events)).map((request) => [request.client, request.ok, routeOf(request)])).toEqual([
    ['service', true, 'DIRECT'],
    ['updater', false, viaProxy],
  ]);
});

test('URLs and routes name host and port', () => {
  expect(targetOf('http://a.example/x')).toMatchObject({ scheme: 'http', host: 'a.example', port: 80 });
  expect(targetOf('https://[2001:db8::1]:8443/')).toMatchObject({ host: '2001:db8::1', port: 8443 });
  expect(targetOf('not a url')).toMatchObject({ host: 'not a url', port: 0 });
  expect(proxyOf('PROXY [2001:db8::8]:8080')).toEqual({ host: '2001:db8::8', port: 8080 });
  expect(proxyOf('DIRECT')).toBeNull();
});
