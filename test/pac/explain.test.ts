import { describe, expect, it } from 'vitest';
import { compare, cover, coverageText, diff, diffText, explain, readAccessLog } from '../../src/pac/index.ts';

const source = `var list = ["a.test"];
function pick(host) {
  for (var i = 0; i < list.length; i++) if (host == list[i]) return "PROXY list:1";
  return "DIRECT";
}
function FindProxyForURL(url, host) {
  if (isPlainHostName(host) || dnsDomainIs(host, ".corp.test")) return "DIRECT";
  else if (shExpMatch(host, "*.x.test"))
    return host == "q.x.test" ? "PROXY q:1" : "PROXY x:1";
  switch (host) { case "s.test": return "PROXY s:1"; default: break }
  return pick(host);
}
`;

async function* chunks(...texts: string[]): AsyncGenerator<string> {
  for (const text of texts) yield await Promise.resolve(text);
}

describe('explain', () => {
  it.each([
    ['http://www/', 7],
    ['http://q.x.test/', 9],
    ['http://s.test/', 10],
    ['http://a.test/', 3],
    ['http://b.test/', 4],
  ])('%s is decided on line %i', async (url, line) => {
    const { decidedBy, others, resolution } = await explain(source, url);
    expect(decidedBy?.line).toBe(line);
    expect(resolution.calls[0]).toMatchObject({ fn: 'isPlainHostName', line: 7 });
    expect(others.map((other) => [other.profile, other.same])).toEqual([
      ['firefox', true],
      ['winhttp', true],
      ['dotnet-framework', true],
      ['node', true],
    ]);
  });

  it('says what is not established about a profile', async () => {
    const { notEstablished } = await explain(source, 'http://a.test/', { profile: 'winhttp' });
    expect(notEstablished.map(({ field }) => field)).toContain('arguments.path');
  });
});

describe('compare', () => {
  it('shows the rows that differ, and all when asked', async () => {
    const script = 'function FindProxyForURL(u, h) { return u.indexOf("/x") > 0 ? "PROXY a:1" : "DIRECT"; }';
    const urls = ['https://a.test/x', 'https://a.test/'];
    expect((await compare(script, urls)).map((row) => row.url)).toEqual(['https://a.test/x']);
    expect(await compare(script, urls, { all: true })).toHaveLength(2);
  });
});

describe('cover', () => {
  it('counts lines and branches', async () => {
    const coverage = await cover(source, ['http://a.test/', 'http://s.test/']);
    expect(coverage.lines[8]?.hits).toBe(0);
    expect(coverage.lines[6]?.hits).toBe(2);
    expect(coverage.branches.filter((branch) => branch.line === 9).map((branch) => branch.hits)).toEqual([0, 0]);
    expect(coverageText(coverage)).toContain('#####     9');
  });
});

describe('diff', () => {
  const squid = (n: number, host: string): string =>
    `1700000000.${n} 12 10.0.0.1 TCP_TUNNEL/200 ${n} CONNECT ${host}:443 - HIER_DIRECT/1.2.3.4 -\n`;

  it('moves requests, hosts and bytes, by the deciding line', async () => {
    const log = readAccessLog(
      chunks(
        squid(100, 'p.x.test') + squid(200, 'p.x.test').slice(0, 20),
        squid(200, 'p.x.test').slice(20) + squid(300, 'b.test'),
      ),
    );
    const report = await diff(source, source.replace('PROXY x:1', 'PROXY y:1'), log);
    expect(report).toMatchObject({ requests: 3, bytes: 600, moved: { requests: 2, bytes: 300 } });
    expect(report.moves).toMatchObject([
      { from: 'PROXY x:1', to: 'PROXY y:1', oldLine: 9, newLine: 9, requests: 2, hosts: 1 },
    ]);
    expect(diffText(report)).toContain('PROXY x:1');
  });

  it.each([
    [
      'W3C',
      '#Fields: date time cs-method cs-uri sc-bytes\n2026-01-01 00:00:00 GET http://a.test/x 12\n',
      'http://a.test/x',
      12,
    ],
    [
      'W3C in parts',
      '#Fields: cs-method cs-host cs-uri-port cs-uri-path sc-bytes\nCONNECT a.test 443 - 7\n',
      'https://a.test:443/',
      7,
    ],
    ['CSV', 'time,url,bytes\n1,"http://a.test/x,y",5\n', 'http://a.test/x,y', 5],
    ['Apache', '10.0.0.1 - - [x] "GET http://a.test/ HTTP/1.1" 200 9\n', 'http://a.test/', 9],
    ['URLs', 'http://a.test/\n', 'http://a.test/', 0],
    [
      'HAR',
      JSON.stringify({ log: { entries: [{ request: { url: 'http://a.test/' }, response: { bodySize: 3 } }] } }),
      'http://a.test/',
      3,
    ],
  ])('reads %s', async (_, text, url, bytes) => {
    const entries: unknown[] = [];
    for await (const batch of readAccessLog(chunks(text.slice(0, 9), text.slice(9)))) entries.push(...batch.entries);
    expect(entries).toEqual([{ url, bytes }]);
  });
});
