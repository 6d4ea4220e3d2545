/** Status lines that clients take although RFC 9112 does not know them: measured in answers to CONNECT. */
import type { LenientReader } from '../http/index.ts';

/** Another version, small letters, more blanks than one: both browsers read them. */
const loose = /^HTTP\/(\d)(?:\.(\d))? +([1-9]\d\d)(?: (.*))?$/i;

const read: LenientReader = (line) => {
  const [, major, minor, status, reason = ''] = loose.exec(line) ?? [];
  if (status === undefined) return undefined;
  return { version: major === '1' && minor === '0' ? '1.0' : '1.1', status: Number(status), reason };
};

/** Chromium 156: where no number stands, it is 200. A number that is none of three digits is a refusal. */
export const chromiumStatusLine: LenientReader = (line) =>
  read(line) ?? (/^HTTP\/[\d.]+(?: +\D.*)?$/i.test(line) ? { version: '1.1', status: 200, reason: '' } : undefined);

/** Firefox 153: 200 where nothing follows the version. */
export const firefoxStatusLine: LenientReader = (line) =>
  read(line) ?? (/^HTTP\/[\d.]+$/i.test(line) ? { version: '1.1', status: 200, reason: '' } : undefined);

/** curl 7.88 reads a version 1.x, blanks and a number; of any other line it makes status 0. */
export const curlStatusLine: LenientReader = (line) => {
  const [, status] = /^HTTP\/1\.\d+\s+([1-9]\d\d)(?!\d)/.exec(line) ?? [];
  return status === undefined ? undefined : { version: '1.1', status: Number(status), reason: '' };
};

/** https-proxy-agent looks at the second word alone; it opens the tunnel at 200. */
export const nodeStatusLine: LenientReader = (line) => {
  const [, status, ...reason] = line.split(' ');
  return status === '200' ? { version: '1.1', status: 200, reason: reason.join(' ') } : undefined;
};
