import { describe, expect, it } from 'vitest';
import { readAccessLog, type AccessBatch } from '../../src/pac/index.ts';
import { fc } from '../kit/properties.ts';

async function read(...texts: (string | Uint8Array)[]): Promise<AccessBatch> {
  async function* chunks(): AsyncGenerator<string | Uint8Array> {
    for (const text of texts) yield await Promise.resolve(text);
  }
  const entries: AccessBatch['entries'][number][] = [];
  let unread = 0;
  for await (const batch of readAccessLog(chunks())) {
    entries.push(...batch.entries);
    unread += batch.unread;
  }
  return { entries, unread };
}

const har = (...entries: unknown[]): string => JSON.stringify({ log: { version: '1.2', pages: [{}], entries } });

/** In parts of so many characters. */
const cut = (text: string, size: number): string[] =>
  Array.from({ length: Math.ceil(text.length / size) }, (_, at) => text.slice(at * size, (at + 1) * size));

describe('a HAR file', () => {
  it('is read in pieces of any size, whatever its strings hold', async () => {
    const strange = fc.string({ unit: fc.constantFrom('"', '\\', '{', '}', '[', ',', ':', 'a', 'ü', '\n', '\u2028') });
    const entry = fc.record({
      request: fc.record({ method: strange, url: fc.webUrl(), headers: fc.array(fc.record({ name: strange })) }),
      response: fc.record({ bodySize: fc.nat(), content: fc.record({ size: fc.nat(), text: strange }) }),
      _initiator: fc.jsonValue(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 4 }), fc.integer({ min: 1, max: 40 }), async (entries, size) => {
        expect(await read(...cut(har(...entries), size))).toEqual({
          entries: entries.map(({ request, response }) => ({ url: request.url, bytes: response.bodySize })),
          unread: 0,
        });
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    [{ _transferSize: 7, bodySize: 3, content: { size: 9 } }, 7],
    [{ bodySize: -1, content: { size: 9 } }, 9],
    [{ _transferSize: null, bodySize: -1 }, 0],
    [{ content: { size: 5, inner: { size: 6 } }, headers: [{ bodySize: 8 }] }, 5],
    [undefined, 0],
  ])('says %j of a size as %i bytes', async (response, bytes) => {
    expect((await read(har({ request: { url: 'http://a.test/' }, response }))).entries).toEqual([
      { url: 'http://a.test/', bytes },
    ]);
  });

  it('counts entries without a URL, and takes only the URL of the request', async () => {
    const other = { url: 'http://no.test/', log: { entries: [{ request: { url: 'http://no.test/' } }] } };
    const text = har({ ...other, request: { other, method: 'GET' } }, { request: { url: 'http://a.test/\u00fc"' } });
    expect(await read(text)).toEqual({ entries: [{ url: 'http://a.test/ü"', bytes: 0 }], unread: 1 });
    expect(await read(` \n${JSON.stringify({ entries: [{ request: { url: 'http://no.test/' } }] })}`)).toEqual({
      entries: [],
      unread: 0,
    });
  });

  it.each([
    ['cut off', har({ request: { url: 'http://a.test/' } }).slice(0, -1), /cut off/],
    ['one of many lines', '{"url":"http://a.test/"}\n{"url":"http://b.test/"}\n', /behind its end/],
    ['no JSON', '{ log }', /no value/],
    ['badly closed', '{"log":[}', /closes nothing/],
  ])('that is %s is an error', async (_, text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });

  it('of which one body is larger than all memory a reader may take, is passed over', async () => {
    async function* chunks(): AsyncGenerator<string> {
      yield '{"log":{"entries":[{"response":{"content":{"text":"';
      const part = 'eyJhIjoxfQ'.repeat(100_000);
      for (let at = 0; at < 600; at++) yield await Promise.resolve(part);
      yield '"}},"request":{"url":"http://a.test/"}}]}}';
    }
    const urls: string[] = [];
    for await (const { entries } of readAccessLog(chunks())) urls.push(...entries.map(({ url }) => url));
    expect(urls).toEqual(['http://a.test/']); // 600 MB: no string of Node holds as much
  });
});

it('a line without end is not kept', async () => {
  const { entries, unread } = await read('http://a.test/\n', 'x'.repeat(3 << 20), '\nhttp://b.test/\n');
  expect(entries.map(({ url }) => url)).toEqual(['http://a.test/', 'http://b.test/']);
  expect(unread).toBe(1);
});

it('blank lines before the first one say nothing about the format', async () => {
  const { entries } = await read('\n\n', '#Fields: cs-uri sc-bytes\nhttp://a.test/ 4\n');
  expect(entries).toEqual([{ url: 'http://a.test/', bytes: 4 }]);
});
