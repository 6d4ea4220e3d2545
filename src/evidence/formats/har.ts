/** HTTP archives of browsers: what a proxy answered in place of a destination. */
import type { HeaderList } from '../../trace/events.ts';
import { header } from '../../trace/view.ts';
import type { Format } from '../format.ts';
import { Logged } from '../logged.ts';
import { textOf } from '../text.ts';

interface Part {
  method?: unknown;
  url?: unknown;
  status?: unknown;
  statusText?: unknown;
  headers?: { name?: unknown; value?: unknown }[];
}

interface Entry {
  startedDateTime?: unknown;
  request?: Part;
  /** Chromium puts its own error into the answer. */
  response?: Part & { _error?: unknown };
  /** In archives of ours: who wrote it down, a client (with its attempts) or a proxy. */
  _by?: unknown;
  _attempts?: unknown;
}

export const har: Format = {
  name: 'har',
  summary: 'HTTP archive (HAR) of a browser',
  unit: 'entries',
  fits: (head) => /^\s*\{\s*"log"\s*:\s*\{/.test(head.toString('latin1', 0, 512).replace(/^\u00ef\u00bb\u00bf/, '')),
  async read(source, { drafts, capture }) {
    const entries = entriesIn(await textOf(source, 'a HAR file'));
    if (!entries) throw source.broken('this looks like a HAR file and is not whole JSON with log.entries', 0);
    const logged = new Logged(drafts, capture.notes);
    const tunnels = new Set<string>();
    for (const [index, entry] of entries.entries()) {
      const request = partOf(entry?.request);
      const response: NonNullable<Entry['response']> = partOf(entry?.response);
      if (typeof response._error === 'string' && response._error !== '')
        capture.note(`a request that ended with ${response._error.slice(0, 60)}: of a proxy's answer it says no more`);
      // A client of ours: what the proxy was asked for it has an entry of its own.
      if (Array.isArray(entry?._attempts)) continue;
      const headers = headersOf(response);
      const status = Number(response.status ?? 0);
      // Only what a proxy said of itself: whether others went through one, a HAR does not tell.
      const own = request.method === 'CONNECT' || String(entry?._by).startsWith('proxy:');
      if (typeof request.url !== 'string' || status < 100 || !(own || isProxys(status, headers))) continue;
      const asked = askedIn(request.method, request.url);
      // Read inside TLS by a proxy that opens it.
      if (own && asked.method !== request.method && tunnels.has(asked.target)) continue;
      if (asked.method === 'CONNECT') tunnels.add(asked.target);
      logged.write({
        at: Date.parse(String(entry.startedDateTime)) || index,
        file: source.name,
        line: index + 1,
        proxy: source.name,
        client: 'the browser',
        ...(own && request.method !== 'CONNECT' ? { method: wordOf(request.method), target: request.url } : asked),
        status,
        reason: typeof response.statusText === 'string' ? response.statusText : '',
        headers,
        asked: headersOf(request),
      });
    }
    if (entries.length > 0 && drafts.length === 0)
      capture.note('no answer of a proxy: a HAR does not tell by which way a request went');
    return entries.length;
  },
};

/** A success that names proxies came through them; who refuses names himself. */
const isProxys = (status: number, headers: HeaderList): boolean =>
  status === 407 ||
  (status >= 400 && (header(headers, 'proxy-status') !== undefined || header(headers, 'x-squid-error') !== undefined));

/**
 * What the proxy was asked. Browsers list the request that they wanted to send: of https none gets to a proxy, which is
 * asked for a tunnel and answers to that.
 */
function askedIn(method: unknown, url: string): { method: string; target: string } {
  if (!/^(?:https|wss):/i.test(url) || !URL.canParse(url)) return { method: wordOf(method), target: url };
  const { hostname, port } = new URL(url);
  return { method: 'CONNECT', target: `${hostname}:${port === '' ? 443 : port}` };
}

const wordOf = (method: unknown): string => (typeof method === 'string' ? method : 'GET');

const partOf = (part: unknown): Part => (typeof part === 'object' && part !== null ? part : {});

function entriesIn(text: string): Entry[] | undefined {
  try {
    const { log } = JSON.parse(text.replace(/^\ufeff/, '')) as { log?: { entries?: unknown } };
    return Array.isArray(log?.entries) ? (log.entries as Entry[]) : undefined;
  } catch {
    // The caller says what is wrong.
    return undefined;
  }
}

const headersOf = ({ headers }: Part): HeaderList =>
  Array.isArray(headers)
    ? headers.flatMap((one: { name?: unknown; value?: unknown } | null): HeaderList =>
        one ? [[String(one.name), String(one.value)]] : [],
      )
    : [];
