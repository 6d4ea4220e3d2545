/** One HTTP/1.x response from a stream of bytes, to the byte: what follows it is handed back. */
import { fail, ok } from '../failure.ts';
import type { Outcome } from '../failure.ts';
import type { HeaderList } from '../trace/events.ts';
import { bodyReader } from './body.ts';
import type { BodyReader } from './body.ts';

export interface Answer {
  version: '1.0' | '1.1';
  status: number;
  reason: string;
  /** As sent: order, case and repetitions kept. */
  headers: HeaderList;
  body: Buffer;
  /** False when the connection ended before the body did. */
  complete: boolean;
}

export type StatusLine = Pick<Answer, 'version' | 'status' | 'reason'>;

/** Reads a status line that RFC 9112 does not know; undefined where this reader gives up as well. */
export type LenientReader = (line: string) => StatusLine | undefined;

export interface ReaderOptions {
  method: string;
  /** Largest header section and body, in bytes. */
  largestHead: number;
  largestBody: number;
  /** What is taken for a status line beside those of RFC 9112; nothing unless given. */
  statusLine?: LenientReader | undefined;
  /** What comes before the first empty line is the head, whatever it begins with. */
  firstHead?: boolean | undefined;
  /** An interim answer is the last word. */
  interimEnds?: boolean | undefined;
}

/** With the end of the line before it. */
const emptyLine = '\r\n\r\n';

type Head = Omit<Answer, 'body' | 'complete'>;

export class ResponseReader {
  /** What came after the response. */
  rest: Buffer = Buffer.alloc(0);
  readonly #options: ReaderOptions;
  #head: Head | undefined;
  #body: BodyReader | undefined;
  #size = 0;

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  /** Takes the next bytes; the response when it is complete, or why it cannot be. */
  feed(piece: Buffer): Outcome<Answer> | undefined {
    if (this.#head && this.#body) return this.#feedBody(this.#head, this.#body, piece);
    this.rest = Buffer.concat([this.rest, piece]);
    return this.#feedHead();
  }

  /** The connection ended. */
  end(): Outcome<Answer> {
    if (this.#head && this.#body) return ok({ ...this.#head, body: this.#body.bytes(), complete: this.#body.endsHere });
    if (this.rest.length === 0) return fail('tcp.closed', 'the peer closed without an answer');
    return this.#noHttp() ?? fail('tcp.closed', 'the peer closed inside of the header section');
  }

  /** What has come so far does not begin as HTTP does. */
  #noHttp(): Outcome<Answer> | undefined {
    const written = this.rest.toString('latin1', 0, 5);
    const start = this.#options.statusLine ? written.toUpperCase() : written;
    if ('HTTP/'.startsWith(start)) return undefined;
    return fail('http.malformed', `the answer begins with ${JSON.stringify(this.rest.toString('latin1', 0, 40))}`);
  }

  #feedHead(): Outcome<Answer> | undefined {
    const { method, largestHead, statusLine, firstHead, interimEnds } = this.#options;
    const none = firstHead ? undefined : this.#noHttp();
    if (none) return none;
    const end = this.rest.indexOf(emptyLine);
    if ((end < 0 ? this.rest.length : end + emptyLine.length) > largestHead)
      return fail('http.too-large', `the header section is larger than ${largestHead} bytes`);
    if (end < 0) return undefined;
    const parsed = parseHead(this.rest.toString('latin1', 0, end), statusLine);
    if (!parsed.ok) return parsed;
    const after = this.rest.subarray(end + emptyLine.length);
    this.rest = after;
    const { status } = parsed.value;
    // Interim answers, as many as there are; 101 is the last word.
    if (!interimEnds && status < 200 && status !== 101) return after.length > 0 ? this.#feedHead() : undefined;
    // RFC 9110 9.3.6: any 2xx to CONNECT opens the tunnel, and length or coding in it mean nothing.
    const opens = method === 'CONNECT' && status < 300;
    const body = bodyReader(opens ? 'HEAD' : method, status, parsed.value.headers);
    if ('malformed' in body) return fail('http.malformed', body.malformed);
    this.#head = parsed.value;
    this.#body = body;
    this.rest = Buffer.alloc(0);
    return this.#feedBody(this.#head, body, after);
  }

  #feedBody(head: Head, body: BodyReader, piece: Buffer): Outcome<Answer> | undefined {
    this.#size += piece.length;
    const fed = body.feed(piece);
    if (fed === 'more') {
      const { largestBody } = this.#options;
      return this.#size > largestBody
        ? fail('http.malformed', `the body is larger than ${largestBody} bytes`)
        : undefined;
    }
    if ('malformed' in fed) return fail('http.malformed', fed.malformed);
    this.rest = fed.rest;
    return ok({ ...head, body: body.bytes(), complete: true });
  }
}

function readStatusLine(line: string): StatusLine | undefined {
  const [, version, status, reason = ''] = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: (.*))?$/.exec(line) ?? [];
  return version === undefined
    ? undefined
    : { version: version === '0' ? '1.0' : '1.1', status: Number(status), reason };
}

function parseHead(text: string, lenient?: LenientReader): Outcome<Head> {
  const [first = '', ...lines] = text.split('\r\n');
  const status = readStatusLine(first) ?? lenient?.(first);
  if (!status) return fail('http.malformed', `the status line is ${JSON.stringify(first.slice(0, 80))}`);
  const headers: HeaderList = [];
  for (const line of lines) {
    const header = /^([!#$%&'*+\-.^_`|~\w]+):[ \t]*(.*?)[ \t]*$/.exec(line);
    if (!header) return fail('http.malformed', `${JSON.stringify(line.slice(0, 80))} is no header field`);
    headers.push([header[1] ?? '', header[2] ?? '']);
  }
  return ok({ ...status, headers });
}
