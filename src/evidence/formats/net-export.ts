/** Logs of chrome://net-export: the CONNECTs of the browser and what came back, with their headers. */
import type { HeaderList } from '../../trace/events.ts';
import type { Format } from '../format.ts';
import { Logged } from '../logged.ts';
import { textOf } from '../text.ts';

interface NetLog {
  constants?: { logEventTypes?: Record<string, number>; timeTickOffset?: number | string };
  events?: { type?: number; time?: string; source?: { id?: number }; params?: Record<string, unknown> }[];
}

const sent = 'HTTP_TRANSACTION_SEND_TUNNEL_HEADERS';
const got = 'HTTP_TRANSACTION_READ_TUNNEL_RESPONSE_HEADERS';

export const netExport: Format = {
  name: 'net-export',
  summary: 'log of chrome://net-export',
  unit: 'events',
  fits: (head) => /^\s*\{\s*"constants"\s*:/.test(head.toString('latin1', 0, 512)),
  async read(source, { drafts, capture }) {
    const log = parsed(await textOf(source, 'a net-export log'));
    const events = log?.events;
    if (!log || !Array.isArray(events))
      throw source.broken('this looks like a net-export log and is not whole JSON with events', 0);
    const types = log.constants?.logEventTypes ?? {};
    const offset = Number(log.constants?.timeTickOffset ?? 0);
    const logged = new Logged(drafts, capture.notes);
    const asked = new Map<number, { target: string; headers: HeaderList }>();
    for (const [index, { type, time, source: from, params = {} }] of events.entries()) {
      const id = from?.id ?? -1;
      const headers = headersIn(params['headers']);
      const target = /^CONNECT (\S+)/.exec(wordsOf(params['line']))?.[1];
      if (type === types[sent] && target !== undefined) asked.set(id, { target, headers });
      const question = asked.get(id);
      const [, status, reason = ''] = /^HTTP\/\d\.\d (\d{3}) ?(.*)$/.exec(firstLine(params['headers'])) ?? [];
      if (type !== types[got] || !question || status === undefined) continue;
      logged.write({
        at: Number(time ?? 0) + offset,
        file: source.name,
        line: index + 1,
        proxy: source.name,
        client: 'the browser',
        method: 'CONNECT',
        target: question.target,
        status: Number(status),
        reason,
        headers,
        asked: question.headers,
      });
    }
    return events.length;
  },
};

function parsed(text: string): NetLog | undefined {
  // A browser that was killed leaves the list of events open.
  for (const end of ['', ']}', '\n]}']) {
    try {
      return JSON.parse(end === '' ? text : `${text.trimEnd().replace(/,$/, '')}${end}`) as NetLog;
    } catch {
      continue;
    }
  }
  return undefined;
}

const wordsOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const firstLine = (headers: unknown): string => (Array.isArray(headers) ? String(headers[0] ?? '') : '');

const headersIn = (headers: unknown): HeaderList =>
  Array.isArray(headers)
    ? headers.flatMap((line): HeaderList => {
        const [, name, value] = /^([^:\s]+):\s*(.*)$/.exec(String(line)) ?? [];
        return name === undefined ? [] : [[name, value ?? '']];
      })
    : [];
