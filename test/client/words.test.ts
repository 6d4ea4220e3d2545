/** The words of clients for what they meet, where they were measured or read in source. */
import { expect, test } from 'vitest';

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
