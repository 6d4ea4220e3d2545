/** Events of captures and logs without their secrets, so that whatever is made of them has none. */
import type { TraceEvent } from '../trace/events.ts';
import type { Redactor } from './redactor.ts';
import { redactScript } from './script.ts';

/** Values that stay as they are: words of ours and of the standards, numbers. */
const plain = new Set(
  `type how rcode qtype transport method version cipher alpn code failure dir source next phase role schemes scheme
  charset helper layer mark profile protocol notBefore notAfter alert page cause
  kind key tool format syntax asks`.split(/\s+/),
);

/** Sentences. */
const sentences = new Set([
  'text',
  'detail',
  'reason',
  'says',
  'message',
  'note',
  'date',
  'statusText',
  'why',
  'basis',
  'wireshark',
]);

/** Events whose names are no hosts': settings, exceptions. */
const namesOfOurs = /^(?:client\.setting|settings\.edited|pac\.failed)$/;

/** Fields whose values tell what a proxy or a server is; all others lose theirs. */
const headersKept = new Set(
  `proxy-authenticate www-authenticate content-type content-length content-encoding connection proxy-connection
  proxy-status via host location upgrade transfer-encoding date server cache-control expires age retry-after
  accept-encoding sec-websocket-version keep-alive`.split(/\s+/),
);

export const redactEvents = (events: readonly TraceEvent[], redactor: Redactor): TraceEvent[] =>
  events.map(
    (event) =>
      ({
        ...event,
        by: redactor.text(event.by),
        ...(event.file === undefined ? {} : { file: redactor.text(event.file) }),
        data: redactData(event.data as unknown as Record<string, unknown>, event.type, redactor),
        // The shape stays what it was.
      }) as unknown as TraceEvent,
  );

function redactData(data: Record<string, unknown>, type: string, redactor: Redactor): Record<string, unknown> {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, redactOne(key, value, type, redactor)]));
}

function redactOne(key: string, value: unknown, type: string, redactor: Redactor): unknown {
  if (key === 'headers' && Array.isArray(value))
    return (value as [string, string][]).map((one) => header(one, redactor));
  if (plain.has(key) || (key === 'name' && namesOfOurs.test(type))) return value;
  if (key === 'error' && value !== null) return errorOf(value as Record<string, unknown>, redactor);
  if (type === 'pac.loaded' && key === 'text') return redactScript(String(value), redactor);
  if (key === 'begins' && typeof value === 'string') return kindOf(value);
  // Content that went over the wire, and what is made of it.
  if (key === 'bytes' && typeof value === 'string') return '';
  if (key === 'sha256' && typeof value === 'string') return redactor.words.secret(value);
  if (key === 'reason' && type === 'proxy.response') return phrase(String(value), redactor);
  if (typeof value === 'string') return sentences.has(key) ? redactor.prose(value) : redactor.text(value);
  if (Array.isArray(value)) return value.map((one) => redactOne(key, one, type, redactor));
  if (typeof value === 'object' && value !== null)
    return redactData(value as Record<string, unknown>, type === 'pac.loaded' ? '' : type, redactor);
  return value;
}

/** Of the first bytes in hex no more than what kind of text they begin: its mark, a tag, the word function. */
const kindOf = (begins: string): string => /^(?:efbbbf|fffe|feff)?(?:3c|66756e6374696f6e)?/.exec(begins)?.[0] ?? '';

/** Reason phrases of the standards, and words of Squid; any other is somebody's. */
const phrases =
  /^(?:(?:TCP|UDP|NONE|TAG|SWAPFAIL)_[A-Z_]+|OK|Connection established|Moved Permanently|Found|Bad Request|Unauthorized|Forbidden|Not Found|Method Not Allowed|Proxy Authentication Required|Request Timeout|Too Many Requests|Internal Server Error|Not Implemented|Bad Gateway|Service Unavailable|Gateway Time-?out|)$/i;

const phrase = (reason: string, redactor: Redactor): string => (phrases.test(reason) ? reason : redactor.text(reason));

/** A client's own words: the name of an exception, and a sentence. */
const errorOf = ({ text, inner, ...rest }: Record<string, unknown>, redactor: Redactor): Record<string, unknown> => ({
  ...rest,
  text: redactor.prose(String(text)),
  ...(typeof inner === 'string' ? { inner: redactor.prose(inner) } : {}),
});

/** What is known of programs everywhere. */
const agents = /Microsoft-CryptoAPI|WinHttp|Firefox\/|Edg\/|Chrome\/|^curl\/|undici|axios|\bnode\b/i;

function header([name, value]: [string, string], redactor: Redactor): [string, string] {
  const lower = name.toLowerCase();
  if (lower === 'proxy-authenticate' || lower === 'www-authenticate') return [name, challenge(value, redactor)];
  if (/^(?:host|location|via|server)$/.test(lower)) return [name, redactor.text(value)];
  if (lower === 'proxy-status') return [name, proxyStatus(value, redactor)];
  if (lower === 'x-squid-error') return [name, /^ERR_\w+(?: \d+)?/.exec(value)?.[0] ?? 'redacted'];
  if (lower === 'content-type')
    return [name, /^[\w.+-]+\/[\w.+-]+(?:;\s*charset=[\w-]+)?/i.exec(value)?.[0] ?? 'redacted'];
  // Sentences may speak of what stands in the others: their words have to be known.
  if (!headersKept.has(lower)) redactor.text(value.slice(0, mostOfValue));
  if (lower === 'user-agent') return [name, agents.exec(value)?.[0] ?? 'redacted'];
  return [name, headersKept.has(lower) ? value : 'redacted'];
}

const mostOfValue = 300;

/** `Basic realm="Corp"`, `NTLM TlRMTVNT…`: what it is stays, what is said with it does not. */
const challenge = (value: string, redactor: Redactor): string =>
  value.replace(
    /((?:^|[,\s])(?:algorithm|qop|stale|charset)=)("[^"]*"|[^",\s]+)|(?<==)(?:"[^"]*"|[^",\s]+)|(?<=^\S+ )[\w+/=]{12,}/gi,
    (one, kept?: string) => (kept === undefined ? redactor.text(one) : one),
  );

/** RFC 9209: who says it, and why. The type of the error is the standard's. */
const proxyStatus = (value: string, redactor: Redactor): string =>
  value
    .split(';')
    .map((part) =>
      /^\s*(?:error=[a-z_]+|received-status=\d+|next-protocol=[\w/.-]+)\s*$/.test(part) ? part : redactor.text(part),
    )
    .join(';');
