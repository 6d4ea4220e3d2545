import { domainToASCII } from 'node:url';
import { looseIPv4 } from '../address.ts';

/** Characters that a host keeps as they are, and those it keeps percent-encoded (measured with Chromium 156). */
const kept = /^[a-z0-9._~!"$&'()+,;=`{}-]+$/;
const escaped = /[ *]/g;

/**
 * A proxy host as Chromium writes it: percent-decoded, lower case, IDN as punycode, odd IPv4 forms as quads; null when it
 * is no host. The text itself is ASCII: a returned string with anything else never gets here.
 */
export function chromiumHost(text: string): string | null {
  const decoded = percentDecoded(text);
  if (decoded === null || decoded === '') return null;
  const ascii = /[^\0-\x7f]/.test(decoded) ? domainToASCII(decoded) : decoded.toLowerCase();
  if (!kept.test(ascii.replace(escaped, '-'))) return null;
  const host = ascii.replace(escaped, (char) => (char === ' ' ? '%20' : '%2A'));
  return endsInNumber(host) ? looseIPv4(host.replace(/\.$/, '')) : host;
}

function percentDecoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}

/** A host whose last label looks like a number is an IPv4 address or nothing. */
function endsInNumber(host: string): boolean {
  const labels = host.replace(/\.$/, '').split('.');
  return /^(?:\d+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? '');
}
