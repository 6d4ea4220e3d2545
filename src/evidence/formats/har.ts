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
  response?: Part;
  _proxy?: unknown;
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
    for (const [index, entry] of entries.entries()) {
      const { request = {}, response = {} } = entry;
      const headers = headersOf(response);
      const status = Number(response.status ?? 0);
      // Only what a proxy said of itself: whether others went through one, a HAR does not tell.
      if (!isProxys(status, headers) || typeof request.url !== 'string') continue;
      const target = typeof request.url === 'string' ? request.url : '';
      logged.write({
        at: Date.parse(String(entry.startedDateTime)) || index,
        file: source.name,
        line: index + 1,
        proxy: source.name,
        client: 'the browser',
        method: typeof request.method === 'string' ? request.method : 'GET',
        target,
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

const isProxys = (status: number, headers: HeaderList): boolean =>
  status === 407 || header(headers, 'proxy-status') !== undefined || header(headers, 'x-squid-error') !== undefined;

function entriesIn(text: string): Entry[] | undefined {
  try {
    const { log } = JSON.parse(text.replace(/^\ufeff/, '')) as { log?: { entries?: unknown } };
    return Array.isArray(log?.entries) ? (log.entries as Entry[]) : undefined;
  } catch {
    // The caller says what is wrong.
    return undefined;
  }
}

const headersOf = ({ headers = [] }: Part): HeaderList =>
  Array.isArray(headers) ? headers.map(({ name, value }): [string, string] => [String(name), String(value)]) : [];
