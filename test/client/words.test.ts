/** The words of clients for what they meet, where they were measured or read in source. */
import { expect, test } from 'vitest';

import { chromium } from '../../src/client/dialects/chromium.ts';
import { curl } from '../../src/client/dialects/curl.ts';
import { dotnetFramework } from '../../src/client/dialects/dotnet-framework.ts';
import { node } from '../../src/client/dialects/node.ts';
import type { Trouble } from '../../src/client/dialect.ts';

const trouble = (rest: Partial<Trouble>): Trouble => ({
  where: 'origin',
  during: 'tls',
  code: 'tls.alert',
  detail: '',
  host: 'app.test',
  port: 443,
  scheme: 'https',
  ms: 0,
  ...rest,
});

test.each([
  ['handshake_failure', 'EPROTO', 'write EPROTO: sslv3 alert handshake failure'],
  ['protocol_version', 'EPROTO', 'write EPROTO: tlsv1 alert protocol version'],
  ['certificate_required', 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'tlsv13 alert certificate required'],
])('Node says of the alert %s: %s', (alert, name, text) => {
  expect(node.error(trouble({ detail: `the peer sent the alert ${alert}` }))).toMatchObject({ name, text });
});

const asked = 'without the certificate it asked for, the peer sent the alert';
// Each as Chromium 156 said it of a server that sends the alert.
test.each([
  ['the peer sent the alert', 'handshake_failure', -113],
  [asked, 'handshake_failure', -117],
  ['the peer sent the alert', 'access_denied', -107],
  [asked, 'access_denied', -117],
  [asked, 'internal_error', -107],
  ['the peer sent the alert', 'certificate_required', -117],
  ['the peer sent the alert', 'bad_certificate', -117],
  ['the peer sent the alert', 'unsupported_certificate', -117],
  ['the peer sent the alert', 'certificate_expired', -117],
  ['the peer sent the alert', 'certificate_unknown', -117],
  ['the peer sent the alert', 'unknown_ca', -117],
  ['the peer sent the alert', 'illegal_parameter', -107],
  ['the peer sent the alert', 'decode_error', -107],
  ['the peer sent the alert', 'protocol_version', -113],
  ['the peer sent the alert', 'insufficient_security', -113],
  ['the peer sent the alert', 'unrecognized_name', -159],
  ['the peer sent the alert', 'no_application_protocol', -107],
])('Chromium tells apart what a server says: %s %s is %i', (detail, alert, number) => {
  expect(chromium.error(trouble({ detail: `${detail} ${alert}` }))).toMatchObject({ number });
});

test('Node tells a bad status from an answer that is no HTTP', () => {
  const said = (detail: string) => node.error(trouble({ during: 'http', code: 'http.malformed', detail }));
  expect(said('the status line is "HTTP/1.1 OK"')).toMatchObject({ name: 'HPE_INVALID_STATUS' });
  expect(said('the answer begins with "SSH"')).toMatchObject({ text: 'Parse Error: Expected HTTP/, RTSP/ or ICE/' });
});

test('.NET Framework has phrases of its own, and takes those of the answer for other statuses', () => {
  const said = (status: number, reason: string): string =>
    dotnetFramework.error(trouble({ where: 'tunnel', code: 'proxy.status', status, reason })).text;
  expect(said(501, 'Nope')).toBe('The remote server returned an error: (501) Not Implemented.');
  expect(said(503, 'Service Unavailable')).toBe('The remote server returned an error: (503) Server Unavailable.');
  expect(said(451, 'Legal')).toBe('The remote server returned an error: (451) Legal.');
});

const ssl = 'OpenSSL/3.0.19: error:';
// Each as curl 7.88.1 said it to a proxy in that state.
test.each<[what: string, how: Partial<Trouble>, number: number, text: string]>([
  [
    'a signature by itself',
    { code: 'tls.untrusted', detail: 'the certificate is self-signed' },
    60,
    'SSL certificate problem: self-signed certificate',
  ],
  [
    'an unknown issuer',
    { code: 'tls.untrusted', detail: 'nothing trusted issued the certificate; its issuer is CN=x' },
    60,
    'SSL certificate problem: unable to get local issuer certificate',
  ],
  [
    'a date to come',
    { code: 'tls.expired', detail: 'CN=x is valid from 2026-03-04T00:00:00.000Z; it is 2026-03-02T08:00:00.000Z' },
    60,
    'SSL certificate problem: certificate is not yet valid',
  ],
  [
    'a date that is over',
    { code: 'tls.expired', detail: 'CN=x ended 2026-03-01T00:00:00.000Z; it is 2026-03-02T08:00:00.000Z' },
    60,
    'SSL certificate problem: certificate has expired',
  ],
  [
    'an old version',
    { detail: 'the peer sent the alert protocol_version' },
    35,
    `${ssl}0A00042E:SSL routines::tlsv1 alert protocol version`,
  ],
  [
    'no common cipher',
    { detail: 'the peer sent the alert handshake_failure' },
    35,
    `${ssl}0A000410:SSL routines::sslv3 alert handshake failure`,
  ],
  [
    'a missing client certificate',
    { detail: 'the peer sent the alert certificate_required' },
    56,
    `OpenSSL SSL_read: ${ssl}0A00045C:SSL routines::tlsv13 alert certificate required, errno 0`,
  ],
  [
    'a downgrade',
    { code: 'tls.protocol', detail: 'inappropriate fallback' },
    35,
    `${ssl}0A000175:SSL routines::inappropriate fallback`,
  ],
  [
    'what is no TLS',
    { code: 'tls.protocol', detail: 'wrong version number' },
    35,
    `${ssl}0A00010B:SSL routines::wrong version number`,
  ],
  [
    'a status of two digits',
    { where: 'tunnel', during: 'http', code: 'http.malformed', detail: 'the status line is "HTTP/1.1 20 OK"' },
    56,
    'CONNECT tunnel failed, response 20',
  ],
  [
    'no status',
    { where: 'tunnel', during: 'http', code: 'http.malformed', detail: 'the status line is "HTTP/1.1 OK"' },
    56,
    'CONNECT tunnel failed, response 0',
  ],
  [
    'no HTTP',
    { where: 'tunnel', during: 'http', code: 'http.malformed', detail: 'the answer begins with "SSH"' },
    56,
    'Proxy CONNECT aborted',
  ],
  [
    'half of a counted body',
    { where: 'forward', during: 'http', code: 'tcp.closed', partial: true, missing: 4900 },
    18,
    'transfer closed with 4900 bytes remaining to read',
  ],
  [
    'half of a chunked body',
    { where: 'forward', during: 'http', code: 'tcp.closed', partial: true },
    18,
    'transfer closed with outstanding read data remaining',
  ],
])('curl says of %s what it says', (_what, how, number, text) => {
  expect(curl.error(trouble(how))).toMatchObject({ number, text: `curl: (${number}) ${text}` });
});

// Each as https-proxy-agent and http-proxy-agent under Node 20 said it.
test.each<[what: string, how: Partial<Trouble>, name: string, text: string]>([
  [
    'a signature by itself',
    { code: 'tls.untrusted', detail: 'the certificate is self-signed' },
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'self-signed certificate',
  ],
  [
    'a date to come',
    { code: 'tls.expired', detail: 'CN=x is valid from 2026-03-04T00:00:00.000Z; it is 2026-03-02T08:00:00.000Z' },
    'CERT_NOT_YET_VALID',
    'certificate is not yet valid',
  ],
  [
    'another name',
    { code: 'tls.name', detail: 'the certificate is for DNS:other.example, not for app.test' },
    'ERR_TLS_CERT_ALTNAME_INVALID',
    "Hostname/IP does not match certificate's altnames: Host: app.test. is not in the cert's altnames: DNS:other.example",
  ],
  [
    'no HTTP in answer to CONNECT',
    { where: 'tunnel', during: 'http', code: 'http.malformed', detail: 'the answer begins with "SSH"' },
    'Error',
    'Proxy connection ended before receiving CONNECT response',
  ],
  ['half of a body', { where: 'forward', during: 'http', code: 'tcp.closed', partial: true }, 'ECONNRESET', 'aborted'],
])('Node says of %s what it says', (_what, how, name, text) => {
  expect(node.error(trouble(how))).toMatchObject({ name, text });
});
