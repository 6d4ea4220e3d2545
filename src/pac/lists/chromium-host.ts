import { looseIPv4 } from '../address.ts';

/** Characters that a host keeps as they are, and those it keeps percent-encoded (measured with Chromium 156). */
const kept = /^[a-z0-9._~!$&'()+,;=-]$/;
const escaped = /^[ "*<>`{}|^]$/;

/**
 * A proxy host as Chromium writes it: percent-decoded, lower case, odd IPv4 forms as quads; null when it is no host.
 * ASCII only: a returned text with anything else never gets here.
 */
export function chromiumHost(host: string): string | null {
  if (host === '') return null;
  let result = '';
  for (let at = 0; at < host.length; at++) {
    let char = host[at] ?? '';
    if (char === '%') {
      const hex = /^[0-9a-fA-F]{2}/.exec(host.slice(at + 1))?.[0];
      if (!hex) return null;
      char = String.fromCharCode(parseInt(hex, 16));
      at += 2;
    }
    const lower = char.toLowerCase();
    if (kept.test(lower)) result += lower;
    else if (escaped.test(lower)) result += `%${lower.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
    else return null;
  }
  return endsInNumber(result) ? looseIPv4(result.replace(/\.$/, '')) : result;
}

/** A host whose last label looks like a number is an IPv4 address or nothing. */
function endsInNumber(host: string): boolean {
  const labels = host.replace(/\.$/, '').split('.');
  return /^(?:\d+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? '');
}
