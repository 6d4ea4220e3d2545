import { expect, test } from 'vitest';

import { paclab } from '../kit/tools.ts';

const old = `function FindProxyForURL(url, host) {
  if (isPlainHostName(host)) return "DIRECT";
  if (shExpMatch(url, "https://*/secret/*")) return "PROXY deep:1";
  return "PROXY proxy.corp.example:8080";
}
`;
const files = {
  'old.pac': old,
  'new.pac': old.replace('proxy.corp.example:8080', 'new.corp.example:3128'),
  'broken.pac': 'function FindProxyForURL(url, host) { return "DIRECT" ',
  'prose.txt': 'this is no script\n',
  'empty.pac': '\n',
  'urls.txt': 'https://a.example/secret/x\nhttp://intranet/\nhttp://b.example/\n',
  'none.txt': '\n',
  'cut.har': '{"log":{"entries":[',
};

test('pac explain tells the deciding line, the helper calls and the other clients', async () => {
  const { code, out } = await paclab('pac explain old.pac https://a.example/secret/x', { files });
  expect(code).toBe(0);
  expect(out).toMatch(/decided at +old\.pac:4:\d+/);
  expect(out).toContain('asked as     FindProxyForURL("https://a.example/", "a.example")');
  expect(out).toContain('line    2   isPlainHostName("a.example") → false');
  expect(out).toMatch(/winhttp +PROXY deep:1/);
  expect(out).toMatch(/firefox +the same/);
});

test('pac compare shows the rows that differ, and all of them when asked', async () => {
  const some = await paclab('pac compare old.pac --urls urls.txt', { files });
  expect(some.code).toBe(1);
  expect(some.out).toContain('1 of 3 URLs differ');
  expect(some.out).not.toContain('http://b.example/');
  const all = await paclab('pac compare old.pac --urls urls.txt --all', { files });
  expect(all.out).toContain('http://b.example/');
  const agreed = await paclab('pac compare old.pac http://b.example/', { files });
  expect([agreed.code, agreed.out]).toEqual([0, '0 of 1 URLs differ\n']);
});

test('pac diff counts what moves, as text, Markdown and JSON, and gives it as exit code when asked', async () => {
  const text = await paclab('pac diff old.pac new.pac --urls urls.txt', { files });
  expect(text.code).toBe(0);
  expect(text.out).toContain('2 of 3 requests move');
  expect(text.out).toContain('line 4: PROXY new.corp.example:3128');
  expect((await paclab('pac diff old.pac new.pac --urls urls.txt --exit-code', { files })).code).toBe(1);
  expect((await paclab('pac diff old.pac old.pac --urls urls.txt --exit-code', { files })).code).toBe(0);
  expect((await paclab('pac diff old.pac new.pac --urls urls.txt --format markdown', { files })).out).toContain(
    '| 2 |',
  );
  const json = await paclab('pac diff old.pac new.pac --access-log urls.txt --json', { files });
  expect(JSON.parse(json.out)).toMatchObject({ requests: 3, moved: { requests: 2 } });
});

test('pac lint names mistakes with place, reason and fix; a script without any is clean', async () => {
  const { code, out } = await paclab('pac lint old.pac', { files });
  expect(code).toBe(0);
  expect(out).toContain('warning: "https://*/secret/*" reads the path (path-rule-for-https)');
  expect(out).toContain('--> old.pac:3:7');
  expect(out).toContain('1 file, 0 errors, 1 warning');
  const clean = await paclab('pac lint clean.pac', { files: { 'clean.pac': old.replace(/ {2}if \(shExp.*\n/, '') } });
  expect([clean.code, clean.out]).toEqual([0, '1 file, 0 errors, 0 warnings\n']);
});

test('a proxy whose name begins with proxy is one entry of the list', async () => {
  const { out } = await paclab('pac lint old.pac --json', { files });
  expect(out).not.toContain('separators');
  const comma = old.replace('PROXY proxy.corp.example:8080', 'PROXY a:1, PROXY b:2');
  expect((await paclab('pac lint c.pac --json', { files: { 'c.pac': comma } })).out).toContain('separators');
});

test('pac cover counts lines and branches, and writes a page', async () => {
  const { code, out, files: written } = await paclab('pac cover old.pac http://intranet/ --html cover.html', { files });
  expect(code).toBe(0);
  expect(out).toMatch(/##### +4 {2}.*proxy\.corp\.example/);
  expect(written['cover.html']).toContain('class="missed"');
});

test('pac eval says what the answer does not rest on', async () => {
  const gap = {
    'gap.pac': 'function FindProxyForURL(url, host) {\n  return typeof Intl == "object" ? "PROXY a:1" : "DIRECT";\n}\n',
  };
  const { code, out } = await paclab('pac eval gap.pac http://a.example/', { files: gap });
  expect(code).toBe(0);
  expect(out).toMatch(/not established:.*\n {2}chromium +line 2 uses Intl\n {2}firefox +line 2 uses Intl\n$/);
  const json = await paclab('pac eval gap.pac http://a.example/ --profile node --profile firefox --json', {
    files: gap,
  });
  expect(JSON.parse(json.out)).toMatchObject([{ notEstablished: ['line 2 uses Intl'] }, { notEstablished: [] }]);
  expect((await paclab('pac eval old.pac http://a.example/', { files })).out).not.toContain('established');
});

test('pac diff reads a HAR file', async () => {
  const log = { entries: [{ request: { url: 'http://b.example/' }, response: { bodySize: 7 } }] };
  const report = await paclab('pac diff old.pac new.pac --access-log a.har', {
    files: { ...files, 'a.har': JSON.stringify({ log }) },
  });
  expect(report.out).toContain('1 of 1 requests move (7 of 7 bytes)');
});

test.each([
  ['pac eval nope.pac http://a/', "'nope.pac'"],
  ['pac eval old.pac nothing', "'nothing' is not a URL"],
  ['pac eval old.pac http://a/ --profile chromum', "did you mean 'chromium'?"],
  ['pac eval broken.pac http://a/', 'broken.pac:1:'],
  ['pac eval prose.txt http://a/', 'prose.txt:1:'],
  ['pac diff old.pac new.pac --access-log cut.har', 'this is no HAR: it is cut off'],
  ['pac lint nope.pac', "'nope.pac'"],
  ['pac cover old.pac http://a/ --profile chromum', "did you mean 'chromium'?"],
  ['pac compare old.pac http://a/ --profile chromum', "did you mean 'chromium'?"],
  ['pac diff old.pac gone.pac --urls urls.txt', "'gone.pac'"],
  ['pac diff old.pac new.pac --urls urls.txt --profile chromum', "did you mean 'chromium'?"],
  ['pac explain nope.pac http://a/', "'nope.pac'"],
  ['pac explain old.pac nothing', "'nothing' is not a URL"],
  ['pac explain old.pac http://a/ --profile chromum', "did you mean 'chromium'?"],
  ['pac explain broken.pac http://a/', 'broken.pac:1:'],
  ['pac explain empty.pac http://a/', "'empty.pac' is empty"],
  ['pac compare old.pac', 'no URLs'],
  ['pac compare old.pac --urls gone.txt', "'gone.txt'"],
  ['pac compare old.pac --urls none.txt', 'no URLs'],
  ['pac diff old.pac new.pac', 'no requests to compare with'],
  ['pac diff old.pac broken.pac --urls urls.txt', 'broken.pac:1:'],
  ['pac diff old.pac new.pac --urls urls.txt --format yaml', '--format takes text, markdown or json'],
  ['pac lint prose.txt', 'no JavaScript'],
  ['pac cover broken.pac http://a/', 'broken.pac:1:'],
  ['pac compare broken.pac http://a/', 'broken.pac:1:'],
])('%s is refused with exit code 2', async (line, words) => {
  const { code, err } = await paclab(line, { files });
  expect(code).toBe(2);
  expect(err).toContain(words);
});
