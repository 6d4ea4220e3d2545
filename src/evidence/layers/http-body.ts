/** Where an HTTP/1 body ends (RFC 9112 6.3), over the bytes as they come. */
import type { HeaderList } from '../../trace/events.ts';
import { header } from '../../trace/view.ts';

export interface Body {
  /** Takes what belongs to the body, hands its content on, and gives the rest; undefined while the body goes on. */
  take: (bytes: Buffer, content: (bytes: Buffer) => void) => Buffer | undefined;
  /** Bytes that are not in the capture; false when nobody knows where the body goes on. */
  skip: (length: number) => boolean;
  /** The end of the stream is the end of the body. */
  untilEnd: boolean;
}

/** The body of a message with these headers; null when there is none. */
export function bodyOf(headers: HeaderList, untilEndWithoutLength: boolean): Body | null {
  if (/\bchunked\s*$/i.test(header(headers, 'transfer-encoding') ?? '')) return chunked();
  const length = header(headers, 'content-length');
  if (length !== undefined && /^\d{1,15}$/.test(length.trim())) {
    const size = Number(length);
    return size === 0 ? null : counted(size);
  }
  return untilEndWithoutLength ? endless() : null;
}

function counted(size: number): Body {
  let left = size;
  return {
    untilEnd: false,
    take(bytes, content) {
      const own = bytes.subarray(0, left);
      left -= own.length;
      if (own.length > 0) content(own);
      return left === 0 ? bytes.subarray(own.length) : undefined;
    },
    skip(length) {
      if (length > left) return false;
      left -= length;
      return true;
    },
  };
}

const endless = (): Body => ({
  untilEnd: true,
  take(bytes, content) {
    content(bytes);
    return undefined;
  },
  skip: () => true,
});

/** A line of a chunk's size, or of a trailer, is no longer than this. */
const longestLine = 4096;

function chunked(): Body {
  let line = '';
  let left = 0;
  let state: 'size' | 'data' | 'end' | 'trailer' = 'size';
  const endOfLine = (): boolean => {
    const text = line.trim();
    line = '';
    if (state === 'end') state = 'size';
    else if (state === 'trailer') return text === '';
    else {
      left = Number.parseInt(text, 16);
      if (Number.isNaN(left)) left = 0;
      state = left > 0 ? 'data' : 'trailer';
    }
    return false;
  };
  return {
    untilEnd: false,
    take(bytes, content) {
      let at = 0;
      while (at < bytes.length) {
        if (state === 'data') {
          const own = bytes.subarray(at, at + left);
          content(own);
          left -= own.length;
          at += own.length;
          if (left === 0) state = 'end';
          continue;
        }
        const byte = bytes[at] ?? 0;
        at += 1;
        if (byte !== 10) line += line.length < longestLine ? String.fromCharCode(byte) : '';
        else if (endOfLine()) return bytes.subarray(at);
      }
      return undefined;
    },
    skip(length) {
      if (state !== 'data' || length >= left) return false;
      left -= length;
      return true;
    },
  };
}
