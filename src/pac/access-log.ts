/** Requests out of what proxies write: squid, W3C, Apache style, CSV, HAR, or plain lists of URLs. Reads streams in pieces. */
import { HarReader } from './har.ts';

export interface AccessEntry {
  readonly url: string;
  /** Bytes sent to the client, 0 when the log does not say. */
  readonly bytes: number;
}

export interface AccessBatch {
  readonly entries: readonly AccessEntry[];
  /** Lines that hold no request. */
  readonly unread: number;
}

type LineReader = (line: string) => AccessEntry | null;

/** Characters of a line; what is longer holds no request, and is not kept. */
const longestLine = 1 << 20;

/** Entries in portions of some thousand lines, in constant memory. The format is told from the first lines. */
export async function* readAccessLog(chunks: AsyncIterable<string | Uint8Array>): AsyncGenerator<AccessBatch> {
  const decoder = new TextDecoder();
  let rest = '';
  let read: LineReader | null = null;
  let har: HarReader | null = null;
  for await (const chunk of chunks) {
    const text: string = rest + (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }));
    if (read === null && har === null && /^\s*\{/.test(text)) har = new HarReader();
    if (har) {
      rest = '';
      yield har.read(text);
      continue;
    }
    const end = text.lastIndexOf('\n') + 1;
    rest = text.slice(end);
    const lines = text.slice(0, end).split('\n');
    lines.pop();
    read ??= lines.some((line) => line.trim() !== '') ? readerFor(lines) : null;
    if (read) yield batchOf(lines, read);
    if (rest.length <= longestLine) continue;
    rest = '';
    yield { entries: [], unread: 1 };
  }
  if (har) har.end();
  else if (rest !== '') yield batchOf([rest], read ?? readerFor([rest]));
}

function batchOf(lines: readonly string[], read: LineReader): AccessBatch {
  const entries: AccessEntry[] = [];
  let unread = 0;
  for (const line of lines) {
    const entry = read(line);
    if (entry) entries.push(entry);
    else if (line.trim() !== '' && !line.startsWith('#')) unread++;
  }
  return { entries, unread };
}

function readerFor(lines: readonly string[]): LineReader {
  if (lines.some((line) => line.startsWith('#Fields:'))) return w3cReader();
  const first = lines.find((line) => line.trim() !== '') ?? '';
  if (squid.test(first)) return squidLine;
  if (apache.test(first)) return apacheLine;
  const columns = first
    .toLowerCase()
    .split(/[,;\t]/)
    .map(unquoted);
  if (columns.length > 1 && columns.some((name) => /^(?:url|uri|cs-uri|request_url|host|hostname)$/.test(name)))
    return csvReader();
  return plainLine;
}

const squid = /^\s*\d{9,}\.\d+\s+-?\d+\s+\S+\s+[A-Z_]+\/\d+\s+(\d+)\s+([A-Z]+)\s+(\S+)/;

function squidLine(line: string): AccessEntry | null {
  const match = squid.exec(line);
  return match ? entryOf(match[2] ?? '', match[3] ?? '', match[1]) : null;
}

const apache = /"([A-Z]+) (\S+)[^"]*" \d{3} (\d+|-)/;

function apacheLine(line: string): AccessEntry | null {
  const match = apache.exec(line);
  return match ? entryOf(match[1] ?? '', match[2] ?? '', match[3]) : null;
}

function plainLine(line: string): AccessEntry | null {
  const word = line.trim().split(/\s/)[0] ?? '';
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(word) ? { url: word, bytes: 0 } : null;
}

function w3cReader(): LineReader {
  let columns: string[] = [];
  return (line) => {
    if (line.startsWith('#Fields:')) columns = line.slice(8).trim().split(/\s+/);
    if (line.startsWith('#')) return null;
    const values = line.trim().match(/"[^"]*"|\S+/g) ?? [];
    return fromColumns((name) => unquoted(values[columns.indexOf(name)] ?? ''));
  };
}

function csvReader(): LineReader {
  let columns: string[] | null = null;
  let separator = ',';
  return (line) => {
    if (columns === null) {
      separator = [',', ';', '\t'].find((each) => line.includes(each)) ?? ',';
      columns = split(line.toLowerCase(), separator);
      return null;
    }
    const names = columns;
    const values = split(line, separator);
    return fromColumns((name) => values[names.indexOf(name)] ?? '');
  };
}

const split = (line: string, separator: string): string[] =>
  (line.trim().match(new RegExp(`(?:^|${separator})(?:"(?:[^"]|"")*"|[^${separator}]*)`, 'g')) ?? []).map((part) =>
    unquoted(part.startsWith(separator) ? part.slice(1) : part),
  );

const unquoted = (text: string): string =>
  text
    .trim()
    .replace(/^"(.*)"$/s, '$1')
    .replaceAll('""', '"');

function fromColumns(value: (name: string) => string): AccessEntry | null {
  const first = (...names: string[]): string => names.map(value).find((text) => text !== '' && text !== '-') ?? '';
  const bytes = first('bytes', 'sc-bytes', 'rs-bytes', 'size', 'response_size', 'bytes_sent', 'time-bytes');
  const whole = first('url', 'uri', 'cs-uri', 'request_url');
  const method = first('cs-method', 'method', 'r-method');
  if (whole !== '') return entryOf(method, whole, bytes);
  const host = first('cs-host', 'host', 'hostname', 'r-host', 'cs-uri-host');
  if (host === '') return null;
  const port = first('cs-uri-port', 'port', 'r-port');
  const scheme =
    first('cs-uri-scheme', 'scheme', 'protocol') || (method === 'CONNECT' || port === '443' ? 'https' : 'http');
  const query = first('cs-uri-query', 'query');
  const path = first('cs-uri-stem', 'cs-uri-path', 'path') + (query === '' ? '' : `?${query.replace(/^\?/, '')}`);
  const place = host.includes(':') || port === '' ? host : `${host}:${port}`;
  return { url: `${scheme}://${place}${path.startsWith('/') ? path : `/${path}`}`, bytes: Number(bytes) || 0 };
}

/** A CONNECT names host and port only; anything else must be a whole URL. */
function entryOf(method: string, target: string, bytes: string | undefined): AccessEntry | null {
  const size = Number(bytes) || 0;
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(target)) return { url: target, bytes: size };
  if (method !== 'CONNECT' && !/^[^/\s]+:443$/.test(target)) return null;
  return { url: `https://${target.replace(/:443$/, '')}/`, bytes: size };
}
