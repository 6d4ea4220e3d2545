/** The three ways a response says how long it is (RFC 9112 6.3): by number, by chunks, by the end of the connection. */
import type { HeaderList } from '../trace/events.ts';

/** What a piece of the stream made of the body. */
export type Fed = 'more' | { rest: Buffer } | { malformed: string };

export interface BodyReader {
  feed(piece: Buffer): Fed;
  /** What has arrived so far. */
  bytes(): Buffer;
  /** Whether the body is complete when the connection ends here. */
  endsHere: boolean;
}

export const headerOf = (headers: HeaderList, name: string): string | undefined =>
  headers.find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];

const valuesOf = (headers: HeaderList, name: string): string[] =>
  headers
    .filter(([key]) => key.toLowerCase() === name)
    .flatMap(([, value]) => value.split(','))
    .map((value) => value.trim());

/** The reader that the head asks for, or what is wrong with the head. */
export function bodyReader(method: string, status: number, headers: HeaderList): BodyReader | { malformed: string } {
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return fixed(0);
  const codings = valuesOf(headers, 'transfer-encoding');
  if (codings.length > 0) return codings.at(-1)?.toLowerCase() === 'chunked' ? chunked() : untilClose();
  const lengths = [...new Set(valuesOf(headers, 'content-length'))];
  const [length] = lengths;
  if (length === undefined) return untilClose();
  if (lengths.length > 1 || !/^\d{1,15}$/.test(length)) return { malformed: `Content-Length is ${lengths.join(', ')}` };
  return fixed(Number(length));
}

function fixed(length: number): BodyReader {
  const pieces: Buffer[] = [];
  let missing = length;
  return {
    feed(piece) {
      pieces.push(piece.subarray(0, missing));
      const rest = piece.subarray(missing);
      missing -= Math.min(missing, piece.length);
      return missing === 0 ? { rest } : 'more';
    },
    bytes: () => Buffer.concat(pieces),
    endsHere: false,
  };
}

function untilClose(): BodyReader {
  const pieces: Buffer[] = [];
  return {
    feed(piece) {
      pieces.push(piece);
      return 'more';
    },
    bytes: () => Buffer.concat(pieces),
    endsHere: true,
  };
}

const longestLine = 4096;

/** RFC 9112 7.1. Extensions and trailers are read and dropped. */
function chunked(): BodyReader {
  const pieces: Buffer[] = [];
  let held: Buffer = Buffer.alloc(0);
  let expecting: 'size' | 'trailer' | { data: number } = 'size';
  const line = (): string | undefined => {
    const end = held.indexOf('\r\n');
    if (end < 0) return undefined;
    const text = held.toString('latin1', 0, end);
    held = held.subarray(end + 2);
    return text;
  };
  const step = (): Fed | 'again' => {
    if (typeof expecting === 'object') {
      // The data and the line break behind it.
      if (held.length < expecting.data + 2) return 'more';
      if (held.toString('latin1', expecting.data, expecting.data + 2) !== '\r\n')
        return { malformed: 'a chunk is longer than it says' };
      pieces.push(held.subarray(0, expecting.data));
      held = held.subarray(expecting.data + 2);
      expecting = 'size';
      return 'again';
    }
    const text = line();
    if (text === undefined) return held.length > longestLine ? { malformed: 'a chunk without size' } : 'more';
    if (expecting === 'trailer') return text === '' ? { rest: held } : 'again';
    const size = /^([0-9a-f]{1,8})[ \t]*(?:;.*)?$/i.exec(text)?.[1];
    if (size === undefined) return { malformed: `'${text.slice(0, 40)}' is no chunk size` };
    expecting = Number.parseInt(size, 16) === 0 ? 'trailer' : { data: Number.parseInt(size, 16) };
    return 'again';
  };
  return {
    feed(piece) {
      held = Buffer.concat([held, piece]);
      let fed = step();
      while (fed === 'again') fed = step();
      return fed;
    },
    bytes: () => Buffer.concat(typeof expecting === 'object' ? [...pieces, held.subarray(0, expecting.data)] : pieces),
    endsHere: false,
  };
}
