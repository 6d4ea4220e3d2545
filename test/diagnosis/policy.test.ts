import { expect, test } from 'vitest';

import { diagnose } from '../../src/diagnosis/diagnose.ts';
import { service, story, viaProxy } from '../kit/events.ts';
import type { Story } from '../kit/events.ts';

const ids = ({ events }: Story): string[] => diagnose(events).map(({ id }) => id);

/** One tunnel after another through one proxy: `host` or `host:port` and the status it gets. */
function tunnels(...asked: [place: string, status: number, headers?: [string, string][]][]): Story {
  const told = story();
  for (const [place, status, headers = []] of asked) {
    told.request(`https://${place}/`, (request) => {
      const error = status === 200 ? null : { cause: 'proxy.status' };
      request.routes(viaProxy).tunnel({ status, headers }).finish(status, viaProxy, error);
    });
  }
  return told;
}

test('one refused name below a suffix is a name, and may be the suffix; two are the suffix', () => {
  const passes: [string, number] = ['tenant.servicebus.windows.net', 200];
  const one = diagnose(tunnels(['tenant.msappproxy.net', 403], passes).events);
  expect(one).toMatchObject([{ id: 'policy-403-fqdn', alternatives: [{ id: 'policy-servicebus-only' }] }]);
  expect(ids(tunnels(['tenant.msappproxy.net', 403], ['ca.msappproxy.net', 403], passes))).toEqual([
    'policy-servicebus-only',
  ]);
});

test('a suffix with one name that passes is not missing', () => {
  const some = tunnels(
    ['a.servicebus.windows.net', 403],
    ['b.servicebus.windows.net', 403],
    ['c.servicebus.windows.net', 200],
    ['tenant.msappproxy.net', 200],
  );
  expect(ids(some)).toEqual(['policy-403-fqdn', 'policy-403-fqdn']);
});

test('depth is blamed only while every deep name is refused', () => {
  const deep: [string, number] = ['a.b.servicebus.windows.net', 403];
  const shallow: [string, number] = ['b.servicebus.windows.net', 200];
  expect(ids(tunnels(shallow, deep))).toEqual(['policy-wildcard-depth']);
  expect(ids(tunnels(shallow, deep, ['c.d.servicebus.windows.net', 200]))).toEqual(['policy-403-fqdn']);
});

test('a registration host that was never allowed was not closed later', () => {
  const host = 'login.microsoftonline.com';
  expect(ids(tunnels([host, 403], ['tenant.msappproxy.net', 200]))).toEqual(['policy-registration-hosts-missing']);
  expect(ids(tunnels([host, 200], [host, 403], ['tenant.msappproxy.net', 200]))).toEqual([
    'policy-hosts-needed-after-registration',
  ]);
});

test('an odd port is refused as a port only where 443 passes', () => {
  const odd: [string, number] = ['tenant.servicebus.windows.net:9350', 403];
  expect(ids(tunnels(odd, ['tenant.servicebus.windows.net', 200]))).toEqual(['policy-nonstandard-port']);
  expect(ids(tunnels(odd))).toEqual([]);
});

test('what a proxy says of its own way is believed in the words of RFC 9209 and of Squid', () => {
  const said = (status: number, ...header: [string, string]): string[] =>
    ids(tunnels(['tenant.msappproxy.net', status, [header]]));
  expect(said(503, 'X-Squid-Error', 'ERR_DNS_FAIL 0')).toEqual(['policy-proxy-dns-fail']);
  expect(said(504, 'Proxy-Status', 'edge; error=dns_timeout')).toEqual(['policy-proxy-dns-fail']);
  expect(said(502, 'Proxy-Status', 'edge; error=connection_refused')).toEqual(['policy-proxy-upstream-refused']);
  expect(said(504, 'Proxy-Status', 'edge; error=connection_timeout')).toEqual(['policy-proxy-upstream-timeout']);
  expect(said(502, 'Proxy-Status', 'edge; error=destination_ip_prohibited')).toEqual([
    'policy-destination-ip-prohibited',
  ]);
  expect(said(503, 'Retry-After', '30')).toEqual(['policy-503-overload']);
  expect(said(500, 'X-Squid-Error', 'ERR_ICAP_FAILURE 0')).toEqual(['policy-icap-down']);
});

test('a machine that reaches a place at another time is not locked in by program', () => {
  const both = story()
    .request(service, (request) => request.routes('DIRECT').direct().finish(200))
    .request(service, (request) => request.routes('DIRECT').silent().finish(null, 'DIRECT', { cause: 'tcp.timeout' }));
  expect(ids(both)).toEqual(['direct-443-syn-blackhole']);
});

test('a list that a proxy does not fetch is refused, whatever the status; a list that is not there is not', () => {
  const url = 'http://crl3.digicert.com/DigiCertGlobalRootG2.crl';
  const got = (status: number, headers: [string, string][] = []): string[] =>
    diagnose(
      story().request(url, (request) => {
        request.routes(viaProxy).asked({ status, headers }).finish(status, viaProxy);
      }).events,
    ).map(({ id, confidence }) => `${id} ${confidence}`);
  expect(got(403)).toEqual(['policy-crl-80-blocked certain']);
  for (const status of [404, 500, 502]) expect(got(status)).toEqual(['policy-crl-80-blocked likely']);
  expect(got(404, [['Via', '1.1 edge']])).toEqual([]);
  expect(got(502, [['X-Squid-Error', 'ERR_READ_ERROR 104']])).toEqual([]);
});

test('a proxy that says 502 to everything has one finding, one that carries tunnels another', () => {
  const after = (status: number): string[] =>
    ids(
      tunnels(['tenant.msappproxy.net', status]).request('http://crl3.digicert.com/x.crl', (request) => {
        request.routes(viaProxy).asked({ status: 502 }).finish(502, viaProxy);
      }),
    );
  expect(after(502)).toEqual(['policy-502-deny']);
  const unseen = story().request('http://crl3.digicert.com/x.crl', (request) => {
    request.routes(viaProxy).asked({ status: 502 }).finish(502, viaProxy);
  });
  expect(diagnose(unseen.events)).toMatchObject([
    { id: 'policy-crl-80-blocked', alternatives: [{ id: 'policy-502-deny' }, {}, {}, {}] },
  ]);
  expect(after(200)).toEqual(['policy-crl-80-blocked']);
  const some = tunnels(['tenant.msappproxy.net', 200], ['tenant.servicebus.windows.net', 502]);
  some.request('http://crl3.digicert.com/x.crl', (request) => {
    request.routes(viaProxy).asked({ status: 502 }).finish(502, viaProxy);
  });
  expect(diagnose(some.events).find(({ id }) => id === 'policy-crl-80-blocked')).toMatchObject({
    alternatives: [{ id: 'policy-502-deny' }, {}, {}, {}],
  });
});
