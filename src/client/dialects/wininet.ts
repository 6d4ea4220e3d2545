import type { ClientError } from '../../trace/events.ts';
import type { Dialect } from '../dialect.ts';
import { winhttp } from './winhttp.ts';

/** Same numbers, other names: Microsoft Learn, "Error Messages (Wininet.h)". */
const names: Readonly<Record<number, string>> = {
  12002: 'ERROR_INTERNET_TIMEOUT',
  12007: 'ERROR_INTERNET_NAME_NOT_RESOLVED',
  12029: 'ERROR_INTERNET_CANNOT_CONNECT',
  12030: 'ERROR_INTERNET_CONNECTION_ABORTED',
  12037: 'ERROR_INTERNET_SEC_CERT_DATE_INVALID',
  12038: 'ERROR_INTERNET_SEC_CERT_CN_INVALID',
  12044: 'ERROR_INTERNET_CLIENT_AUTH_CERT_NEEDED',
  12045: 'ERROR_INTERNET_INVALID_CA',
  12152: 'ERROR_HTTP_INVALID_SERVER_RESPONSE',
  12157: 'ERROR_INTERNET_SECURITY_CHANNEL_ERROR',
};

const renamed = (error: ClientError): ClientError => ({ ...error, name: names[error.number ?? 0] ?? error.name });

// The caller never hears that there is no script.
const { withoutScript: _, ...base } = winhttp;

export const wininet: Dialect = {
  ...base,
  name: 'wininet',
  summary:
    'A program on WinINET, as Internet Explorer is: the settings of the account, one answer of the script a host.',
  basis: 'KB271361 (automatic proxy result cache), Microsoft Learn (Wininet.h); all else as for WinHTTP. Not run.',
  open: {
    ...winhttp.open,
    'script.answersByHost': 'Whether ports and schemes of a host count apart: here the name alone counts.',
    'connect.failsOver': 'How it goes on in a list: here it takes the first entry, as WinHTTP does.',
  },
  chooser: 'wininet',
  script: { ...winhttp.script, answersByHost: true },
  error: (trouble) => renamed(winhttp.error(trouble)),
};
