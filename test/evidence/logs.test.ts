/** Logs as evidence: what proxies and browsers wrote down, by the same rules. */
import { describe, expect, test, vi } from 'vitest';

import { toHar } from '../../src/capture/har.ts';
import { diagnose } from '../../src/diagnosis/index.ts';
import { runScenario } from '../../src/run/run.ts';
import { pick } from '../../src/trace/view.ts';
import { shippedScenarios, titleOf } from '../kit/scenarios.ts';
import { read } from './kit.ts';

// Scenarios are loaded, all of them.
vi.setConfig({ testTimeout: 120_000 });

const found = async (text: string, name: string) => {
  const { events, files } = await read(text, {}, name);
  return {
    format: files[0]?.format,
    ids: diagnose(events).map(({ id }) => id),
    lines: pick(events, 'proxy.response').map(({ line, data }) => [line, data.method, data.target, data.status]),
  };
};

const squid = (
  status: string,
  method = 'CONNECT',
  target = 'tenant.msappproxy.net:443',
  user = '-',
  at = 1_772_438_400,
) => `${at}.123     12 10.20.0.10 ${status} 3980 ${method} ${target} ${user} HIER_NONE/- text/html\n`;

describe('the log of Squid', () => {
  test('a 407 that nobody answers, with the line it stands on', async () => {
    expect(
      await found(
        squid('TCP_DENIED/407') + squid('TCP_DENIED/407', 'CONNECT', 'tenant.msappproxy.net:443', '-', 1_772_438_500),
        'access.log',
      ),
    ).toEqual({
      format: 'squid',
      ids: ['auth-407-connect'],
      lines: [
        [1, 'CONNECT', 'tenant.msappproxy.net:443', 407],
        [2, 'CONNECT', 'tenant.msappproxy.net:443', 407],
      ],
    });
  });
  test('a 407 that was answered is no finding', async () => {
    const log =
      squid('TCP_DENIED/407') + squid('TCP_TUNNEL/200', 'CONNECT', 'tenant.msappproxy.net:443', 'bob', 1_772_438_401);
    expect((await found(log, 'access.log')).ids).toEqual([]);
  });
  test('what is no entry is noted and left out', async () => {
    const { notes, events } = await read(`${squid('TCP_TUNNEL/200')}garbage\n`, {}, 'access.log');
    expect(notes).toMatchObject([{ says: 'a line that is no entry of the log', count: 1 }]);
    expect(pick(events, 'proxy.request')).toHaveLength(1);
  });
});

test('a W3C log names its columns', async () => {
  const log =
    '#Software: Example Proxy\n#Fields: date time c-ip cs-method cs-host cs-uri-port sc-status cs-username\n' +
    '2026-03-02 08:00:00 10.20.0.10 CONNECT tenant.msappproxy.net 443 502 -\n';
  expect(await found(log, 'proxy.log')).toEqual({
    format: 'w3c',
    ids: ['policy-502-deny'],
    lines: [[3, 'CONNECT', 'tenant.msappproxy.net:443', 502]],
  });
});

test('CSV with a line of names, quoted cells and a semicolon', async () => {
  const log =
    'timestamp;client;method;url;status\n"2026-03-02T08:00:00Z";10.20.0.10;CONNECT;"tenant.msappproxy.net:443";403\n';
  const { format, ids, lines } = await found(log, 'proxy.csv');
  expect({ format, lines }).toEqual({ format: 'csv', lines: [[2, 'CONNECT', 'tenant.msappproxy.net:443', 403]] });
  expect(ids).toEqual(['policy-403-fqdn']);
});

test('a HAR holds what a proxy said of itself, and a note when it holds nothing of the kind', async () => {
  const har = (status: number, headers: object[]): string =>
    JSON.stringify({
      log: {
        entries: [
          {
            startedDateTime: '2026-03-02T08:00:00Z',
            request: { method: 'GET', url: 'http://crl3.digicert.com/a.crl', headers: [] },
            response: { status, statusText: '', headers },
          },
        ],
      },
    });
  expect(await found(har(407, [{ name: 'Proxy-Authenticate', value: 'NTLM' }]), 'a.har')).toEqual({
    format: 'har',
    ids: ['auth-407-on-crl'],
    lines: [[1, 'GET', 'http://crl3.digicert.com/a.crl', 407]],
  });
  const healthy = await read(har(200, []), {}, 'a.har');
  expect(healthy.events).toEqual([]);
  expect(healthy.notes).toHaveLength(1);
});

/** As Firefox lists a CONNECT that was refused: the request that it wanted to send, the answer that the proxy gave. */
const refusedTunnel = (status: number, headers: [string, string][], error?: string): string =>
  JSON.stringify({
    log: {
      entries: [
        {
          startedDateTime: '2026-03-02T08:00:00Z',
          request: { method: 'GET', url: 'https://tenant.msappproxy.net/', headers: [] },
          response: {
            status,
            statusText: '',
            headers: headers.map(([name, value]) => ({ name, value })),
            ...(error === undefined ? {} : { _error: error }),
          },
        },
      ],
    },
  });

test('of https a proxy is asked for a tunnel, whatever a HAR says that the browser wanted', async () => {
  const challenged = refusedTunnel(407, [
    ['Proxy-Authenticate', 'Negotiate'],
    ['Proxy-Authenticate', 'NTLM'],
  ]);
  expect(await found(challenged, 'a.har')).toEqual({
    format: 'har',
    ids: ['auth-407-connect'],
    lines: [[1, 'CONNECT', 'tenant.msappproxy.net:443', 407]],
  });
  const denied = refusedTunnel(403, [['X-Squid-Error', 'ERR_ACCESS_DENIED 0']]);
  expect((await found(denied, 'a.har')).ids).toEqual(['policy-403-fqdn']);
  const through = refusedTunnel(200, [['Proxy-Status', 'edge; details=cached']]);
  expect((await found(through, 'a.har')).lines).toEqual([]);
});

test('what Chromium says of a tunnel that was refused is noted: which status it was, it does not say', async () => {
  const { events, notes } = await read(refusedTunnel(0, [], 'net::ERR_TUNNEL_CONNECTION_FAILED'), {}, 'a.har');
  expect(events).toEqual([]);
  expect(notes.map(({ says }) => says)).toContainEqual(expect.stringContaining('net::ERR_TUNNEL_CONNECTION_FAILED'));
});

test.each(['auth-407-connect', 'policy-502-deny'])('a HAR of ours reads back as what it was: %s', async (id) => {
  for (const scenario of (await shippedScenarios()).filter(({ model }) => model.id === id)) {
    const record = await runScenario(scenario, { clock: 'virtual', bytes: true, timeout: 20_000 });
    const har = JSON.stringify(toHar({ ...record, title: record.name }));
    expect((await found(har, 'run.har')).ids, titleOf(scenario)).toEqual([id]);
  }
});

/** Shortened from a log of Chromium 156 that met a proxy which wants NTLM. */
const netLog = {
  constants: {
    logEventTypes: { HTTP_TRANSACTION_SEND_TUNNEL_HEADERS: 236, HTTP_TRANSACTION_READ_TUNNEL_RESPONSE_HEADERS: 238 },
    timeTickOffset: 1_795_370_667_075,
  },
  events: [
    {
      params: { headers: ['Host: tenant.msappproxy.net:443'], line: 'CONNECT tenant.msappproxy.net:443 HTTP/1.1\r\n' },
      phase: 0,
      source: { id: 50, start_time: '16489922', type: 10 },
      time: '16489922',
      type: 236,
    },
    {
      params: { headers: ['HTTP/1.1 407 Proxy Authentication Required', 'Proxy-Authenticate: NTLM'] },
      phase: 0,
      source: { id: 50, start_time: '16489922', type: 10 },
      time: '16490136',
      type: 238,
    },
  ],
};

test('a net-export log holds CONNECT and its answer, even when the browser was killed', async () => {
  const whole = JSON.stringify(netLog);
  const expected = {
    format: 'net-export',
    ids: ['auth-407-connect'],
    lines: [[2, 'CONNECT', 'tenant.msappproxy.net:443', 407]],
  };
  expect(await found(whole, 'net.json')).toEqual(expected);
  expect(await found(`${whole.slice(0, -2)},\n`, 'net.json')).toEqual(expected);
});

test.each(['{"log":{"entries":12}}', '{"log":{"entries":[', '{"constants":{}, "events": 7}'])(
  'JSON that is not what it seems is a mistake of the file: %s',
  async (text) => {
    await expect(read(text, {}, 'x.json')).rejects.toThrow(/^x\.json, offset 0: this looks like /);
  },
);
