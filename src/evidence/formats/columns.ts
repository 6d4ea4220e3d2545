/** Access logs that name their columns: W3C extended (`#Fields:`), and CSV with a first line of names. */
import type { Format } from '../format.ts';
import { eachLine } from '../lines.ts';
import { Logged } from '../logged.ts';
import type { LoggedRequest } from '../logged.ts';

type Value = (...names: string[]) => string;

export const w3c: Format = {
  name: 'w3c',
  summary: 'W3C extended access log',
  unit: 'lines',
  fits: (head) => /^#Fields:.*\b(?:cs-method|sc-status)\b/m.test(head.toString('latin1')),
  async read(source, { drafts, capture }) {
    const logged = new Logged(drafts, capture.notes);
    let columns: string[] = [];
    return eachLine(source, (text, number) => {
      if (text.startsWith('#Fields:')) columns = text.slice(8).trim().toLowerCase().split(/\s+/);
      if (text.startsWith('#') || columns.length === 0) return;
      const values = text.match(/"[^"]*"|\S+/g) ?? [];
      const request = requestOf(valueIn(columns, values), source.name, number);
      if (request) logged.write(request);
    });
  },
};

export const csv: Format = {
  name: 'csv',
  summary: 'access log as CSV with names of columns',
  unit: 'lines',
  fits: (head) => {
    const names = cells(head.toString('latin1').split('\n')[0] ?? '').map((name) => name.toLowerCase());
    const has = (...wanted: string[]): boolean => wanted.some((name) => names.includes(name));
    return has('url', 'uri', 'host', 'target', 'cs-uri') && has('status', 'sc-status', 'code', 'http_status');
  },
  async read(source, { drafts, capture }) {
    const logged = new Logged(drafts, capture.notes);
    let columns: string[] = [];
    return eachLine(source, (text, number) => {
      if (number === 1) columns = cells(text).map((name) => name.toLowerCase());
      if (number === 1 || text.trim() === '') return;
      const request = requestOf(valueIn(columns, cells(text)), source.name, number);
      if (request) logged.write(request);
    });
  },
};

/** The cells of a line; the separator is the first that it has of comma, semicolon and tab. */
function cells(line: string): string[] {
  const separator = [',', ';', '\t'].find((one) => line.includes(one)) ?? ',';
  const found: string[] = [];
  let cell = '';
  let quoted = false;
  for (const char of line.replace(/^\ufeff|^\u00ef\u00bb\u00bf|\r$/g, '')) {
    if (char === '"') quoted = !quoted;
    else if (char === separator && !quoted) {
      found.push(cell.trim());
      cell = '';
    } else cell += char;
  }
  return [...found, cell.trim()];
}

/** The first of these columns that holds something. */
const valueIn =
  (columns: readonly string[], values: readonly string[]): Value =>
  (...names) =>
    names
      .map((name) => (values[columns.indexOf(name)] ?? '').replace(/^"|"$/g, ''))
      .find((value) => value !== '' && value !== '-') ?? '';

function requestOf(value: Value, file: string, line: number): LoggedRequest | undefined {
  const status = Number(value('sc-status', 'status', 'code', 'http_status'));
  const method = value('cs-method', 'method', 'r-method').toUpperCase() || 'GET';
  const target = targetOf(value, method);
  if (!Number.isInteger(status) || status < 100 || status > 599 || target === undefined) return undefined;
  const user = value('cs-username', 'user', 'username');
  return {
    at: timeOf(value) ?? line,
    file,
    line,
    proxy: value('s-ip', 'proxy', 's-computername') || file,
    client: value('c-ip', 'client', 'client_ip', 'src', 'source') || 'a client',
    method,
    target,
    status,
    reason: value('s-action', 'x-exception-id', 'action'),
    headers: undefined,
    asked: user === '' ? [] : [['Proxy-Authorization', 'a user that the log names']],
  };
}

function targetOf(value: Value, method: string): string | undefined {
  const whole = value('url', 'cs-uri', 'uri', 'target');
  const host = value('cs-host', 'host', 'hostname', 'r-host', 'cs-uri-host');
  const port = value('cs-uri-port', 'port', 'r-port') || (method === 'CONNECT' ? '443' : '80');
  if (method === 'CONNECT') {
    const place = /^(?:\w+:\/\/)?(\[[^\]]+\]|[^/:\s]+)(?::(\d+))?/.exec(whole || host);
    return place ? `${place[1]}:${place[2] ?? port}` : undefined;
  }
  if (/^\w+:\/\//.test(whole)) return whole;
  if (host === '') return undefined;
  const path = value('cs-uri-stem', 'cs-uri-path', 'path') || (whole.startsWith('/') ? whole : '/');
  return `http://${host}${port === '80' ? '' : `:${port}`}${path}`;
}

/** Date and time in one column or in two, as ISO or in seconds since 1970. */
function timeOf(value: Value): number | undefined {
  const one = value('timestamp', 'time_stamp', 'datetime', 'x-timestamp');
  const date = value('date');
  const time = value('time');
  const text = one || (date && time ? `${date}T${time}` : time);
  if (/^\d{9,11}(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const parsed = Date.parse(/[zZ]|[+-]\d\d:?\d\d$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(parsed) ? undefined : parsed;
}
