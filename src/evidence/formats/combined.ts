/** Logs in the common or combined format (`logformat combined` of Squid, Apache's own) of a forward proxy. */
import type { HeaderList } from '../../trace/events.ts';
import type { Format } from '../format.ts';
import { eachEntry } from '../lines.ts';
import { Logged } from '../logged.ts';

/** Client, user, time, request, status; then referer and agent, and Squid's own word behind them. */
const line =
  /^(\S+) \S+ (\S+) \[(\d{1,2})\/([A-Z][a-z]{2})\/(\d{4}):(\d\d:\d\d:\d\d) ([+-]\d\d)(\d\d)\] "([A-Z][A-Z-]*) (\S+)(?: [A-Z]+\/[\d.]+)?" (\d{3}) (?:\d+|-)(?: "[^"]*" "([^"]*)")?(?: ([A-Z_]+)(?::[A-Z_]+)?)?/;

/** What only proxies are asked; a web server's log has paths. */
const isProxied = (method: string, target: string): boolean =>
  method === 'CONNECT' || /^(?:https?|ftp):\/\//i.test(target);

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export const combined: Format = {
  name: 'combined',
  summary: 'access log in combined or common format (Squid, Apache)',
  unit: 'lines',
  fits: (head) =>
    head
      .toString('latin1')
      .split('\n')
      .slice(0, 400)
      .some((text) => {
        const match = line.exec(text);
        return match !== null && isProxied(match[9] ?? '', match[10] ?? '');
      }),
  async read(source, { drafts, capture }) {
    const logged = new Logged(drafts, capture.notes);
    return eachEntry(source, { entry: line, notes: capture }, (match, number) => {
      const [, client = '', user = '-', ...rest] = match;
      const [day = '', month = '', year = '', time = '', hours = '', minutes = '', ...more] = rest;
      const [method = '', target = '', status = '', agent, code = ''] = more;
      if (status === '000') return;
      if (!isProxied(method, target)) {
        capture.note('a request that was not for a proxy');
        return;
      }
      const date = `${year}-${String(months.indexOf(month) + 1).padStart(2, '0')}-${day.padStart(2, '0')}`;
      logged.write({
        at: Date.parse(`${date}T${time}${hours}:${minutes}`) || number,
        file: source.name,
        line: number,
        proxy: source.name,
        client,
        method,
        target,
        status: Number(status),
        reason: code,
        headers: undefined,
        asked: askedBy(user, agent),
      });
    });
  },
};

const askedBy = (user: string, agent: string | undefined): HeaderList => [
  ...(agent === undefined || agent === '-' ? [] : ([['User-Agent', agent]] satisfies HeaderList)),
  ...(user === '-' ? [] : ([['Proxy-Authorization', 'a user that the log names']] satisfies HeaderList)),
];
