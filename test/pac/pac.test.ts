import { describe, expect, it } from 'vitest';
import { loadPac, profileNames, type ProfileName } from '../../src/pac/index.ts';

const simple =
  'function FindProxyForURL(url, host) {\n  if (isPlainHostName(host)) return "DIRECT";\n  return "PROXY p.corp.example:8080; DIRECT";\n}\n';

describe('a loaded PAC file', () => {
  it.each(profileNames)('gives routes, raw text and the calls with their lines in %s', async (profile) => {
    using pac = await loadPac(simple, { filename: 'corp.pac' });
    const result = await pac.resolve('https://www.example.com/', { profile });
    expect(result).toMatchObject({
      consulted: true,
      script: { url: 'https://www.example.com/', host: 'www.example.com' },
      entry: 'FindProxyForURL',
      raw: 'PROXY p.corp.example:8080; DIRECT',
      error: null,
      routes: ['PROXY p.corp.example:8080', 'DIRECT'],
      failedOpen: false,
      calls: [{ fn: 'isPlainHostName', args: ['www.example.com'], result: false, line: 2 }],
      dnsLookups: 0,
    });
  });

  it.each(profileNames)('reports where a script fails in %s', async (profile) => {
    using broken = await loadPac('var a = 1;\nfunction FindProxyForURL(url, host) {\n  return nothing.here;\n}\n');
    expect((await broken.resolve('http://a.test/', { profile })).error).toMatchObject({
      phase: 'call',
      name: 'ReferenceError',
    });
    using syntax = await loadPac('var a = 1;\nfunction FindProxyForURL(url, host {\n}\n');
    const { error, routes } = await syntax.resolve('http://a.test/', { profile });
    expect(error).toMatchObject({ phase: 'load', line: 2 });
    expect(routes).toEqual(profile === 'node' || profile === 'winhttp' ? [] : ['DIRECT']);
  });

  it('keeps globals from request to request', async () => {
    using pac = await loadPac('var n = 0; function FindProxyForURL() { return "PROXY p" + n++ + ":1"; }');
    const urls = ['http://a.test/', 'http://b.test/'];
    expect((await pac.resolveMany(urls)).map((each) => each.raw)).toEqual(['PROXY p0:1', 'PROXY p1:1']);
    expect((await pac.resolve('http://c.test/')).raw).toBe('PROXY p2:1');
  });

  it('refuses modern syntax where the client does, with its place', async () => {
    using pac = await loadPac('var a = 1;\nlet b = 2;\nfunction FindProxyForURL() { return "PROXY a:1"; }');
    const { error, routes } = await pac.resolve('http://a.test/', { profile: 'dotnet-framework' });
    expect(error).toMatchObject({ phase: 'load', name: 'SyntaxError', line: 2, column: 5 });
    expect(routes).toEqual(['DIRECT']);
    expect((await pac.resolve('http://a.test/')).routes).toEqual(['PROXY a:1']);
  });
});

const counting = `var n = 0;
function FindProxyForURL(url, host) {
  n++; var a = dnsResolve("a.test");
  n++; var b = dnsResolve("b.test");
  alert("n=" + n);
  return "PROXY " + a + "-" + b + "-" + n + ":1";
}`;
const dns: Record<string, string[]> = { 'a.test': ['10.1.2.3'], 'b.test': ['10.2.2.3'] };

describe('names', () => {
  it.each([
    ['chromium', 'PROXY 10.1.2.3-10.2.2.3-6:1', 3],
    ['firefox', 'PROXY 10.1.2.3-10.2.2.3-2:1', 1],
    ['dotnet-framework', 'PROXY 10.1.2.3-10.2.2.3-2:1', 1],
  ] as [ProfileName, string, number][])(
    'from a map or a slow resolver look the same to %s',
    async (profile, raw, runs) => {
      const resolver = (name: string): Promise<string[] | null> =>
        new Promise((done) => setImmediate(() => done(dns[name] ?? null)));
      for (const source of [{ dns }, { resolver }]) {
        using pac = await loadPac(counting);
        const result = await pac.resolve('http://www.test/', { profile, ...source });
        expect(result).toMatchObject({
          raw,
          runs,
          names: ['a.test', 'b.test'],
          dnsLookups: 2,
          alerts: [`n=${runs * 2}`],
        });
      }
    },
  );

  it('asked at load are waited for once', async () => {
    using pac = await loadPac(
      'var k = 0; var me = dnsResolve("a.test"); k++; function FindProxyForURL() { return "PROXY " + me + "-" + k + ":1"; }',
    );
    const resolver = (name: string): Promise<string[] | null> => Promise.resolve(dns[name] ?? null);
    for (const profile of ['chromium', 'firefox'] as const) {
      expect((await pac.resolve('http://www.test/', { profile, resolver })).raw).toBe('PROXY 10.1.2.3-1:1');
    }
  });

  it('are the same one by one and in a batch', async () => {
    const urls = ['http://x.test/', 'http://y.test/', 'http://z.test/'];
    for (const profile of profileNames) {
      using one = await loadPac(counting);
      using many = await loadPac(counting);
      const single = [];
      for (const url of urls) single.push((await one.resolve(url, { profile, dns })).raw);
      expect((await many.resolveMany(urls, { profile, dns })).map((each) => each.raw)).toEqual(single);
    }
  });
});

describe('time', () => {
  it('is what the caller says, in the zone the caller says', async () => {
    using pac = await loadPac(
      'function FindProxyForURL() { return "PROXY " + new Date().getHours() + "-" + new Date(2026, 6, 1).getTimezoneOffset() + ":1"; }',
    );
    for (const profile of profileNames) {
      const options = { profile, now: '2026-03-02T08:00:00Z', timeZone: 'Europe/Berlin' };
      expect((await pac.resolve('http://a.test/', options)).raw).toBe('PROXY 9--120:1');
    }
  });
});
