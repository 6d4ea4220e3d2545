/** Events of captures and logs without their secrets, so that whatever is made of them has none. */
import type { TraceEvent } from '../trace/events.ts';
import type { Redactor } from './redactor.ts';
import { redactScript } from './script.ts';

/** Values that stay as they are: words of ours and of the standards, numbers. */
const plain = new Set(
  `type how rcode qtype transport method version cipher alpn code failure dir source next phase role schemes scheme
  charset returned helper begins layer mark profile protocol notBefore notAfter alert sha256 page bytes cause basis why
  kind key tool format syntax asks`.split(/\s+/),
);

/** Sentences. */
const sentences = new Set(['text', 'detail', 'reason', 'says', 'message', 'note', 'date', 'statusText', 'wireshark']);

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
  if (typeof value === 'string') return sentences.has(key) ? redactor.prose(value) : redactor.text(value);
  if (Array.isArray(value)) return value.map((one) => redactOne(key, one, type, redactor));
  if (typeof value === 'object' && value !== null)
    return redactData(value as Record<string, unknown>, type === 'pac.loaded' ? '' : type, redactor);
  return value;
}

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
  if (lower === 'proxy-authenticate' || lower === 'www-authenticate')
    return [name, value.replace(/(?<==)"[^"]*"|(?<=^\S+ )[\w+/=]{12,}/g, (one) => redactor.text(one))];
  if (/^(?:host|location)$/.test(lower)) return [name, redactor.text(value)];
  if (/^(?:via|proxy-status|x-squid-error)$/.test(lower)) return [name, redactor.prose(value)];
  if (lower === 'user-agent') return [name, agents.exec(value)?.[0] ?? 'redacted'];
  if (lower === 'server') return [name, redactor.prose(value)];
  return [name, headersKept.has(lower) ? value : 'redacted'];
}
