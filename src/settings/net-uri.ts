/** Addresses as System.Uri reads them, as far as proxies need: an absolute URI, or the text of its exception. */

export interface NetUri {
  scheme: string;
  host: string;
  port: number;
}

const schemePattern = /^([a-z][a-z0-9+.-]*):/i;

/** System.Uri takes backslashes in http and https for slashes (documented: IsWellFormedOriginalString). */
const slashed = (text: string): string => (/^\s*https?:/i.test(text) ? text.trim().replaceAll('\\', '/') : text.trim());

/**
 * Why the text is no absolute URI, or undefined when it is one. `proxyserver:8080` is one, of the scheme
 * `proxyserver`; `10.0.0.5:8080` is none. The mechanism is read in the source; which of the texts comes is inferred.
 */
export function uriFault(text: string): string | undefined {
  const trimmed = slashed(text);
  if (!schemePattern.test(trimmed)) {
    const colon = trimmed.indexOf(':');
    return colon > 0 && !/[/?#\\]/.test(trimmed.slice(0, colon))
      ? 'Invalid URI: The URI scheme is not valid.'
      : 'Invalid URI: The format of the URI could not be determined.';
  }
  if (!/^https?:/i.test(trimmed)) return undefined;
  const authority = /^https?:\/\/([^/?#\\]*)/i.exec(trimmed)?.[1]?.replace(/^.*@/, '');
  if (authority === undefined) return 'Invalid URI: The Authority/Host could not be parsed.';
  const [, host, port] = /^(\[[0-9a-f:.%]+\]|[^\s:;,[\]<>"|^{}]+)(?::(.*))?$/i.exec(authority) ?? [];
  if (host === undefined) return 'Invalid URI: The hostname could not be parsed.';
  if (port !== undefined && port !== '' && !(/^\d{1,5}$/.test(port) && Number(port) <= 65_535))
    return 'Invalid URI: Invalid port specified.';
  return undefined;
}

/** The parts of a URI that {@link uriFault} finds nothing wrong with. Host is empty for schemes we do not know. */
export function parseNetUri(text: string): NetUri {
  const trimmed = slashed(text);
  const scheme = (schemePattern.exec(trimmed)?.[1] ?? '').toLowerCase();
  const authority = /^[^:]*:\/\/([^/?#\\]*)/.exec(trimmed)?.[1]?.replace(/^.*@/, '') ?? '';
  const [, host = '', port = ''] = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(authority) ?? [];
  return { scheme, host: host.toLowerCase(), port: port === '' ? (scheme === 'https' ? 443 : 80) : Number(port) };
}
