import { describe, expect, it } from 'vitest';
import { loadPac, type ProfileName } from '../../src/pac/index.ts';

const limits = { time: 150, memory: 32 * 1024 * 1024 };
const entry = (body: string): string => `function FindProxyForURL(url, host) { ${body} }`;
const sandboxed: ProfileName[] = ['chromium', 'firefox', 'winhttp', 'dotnet-framework'];
const all: ProfileName[] = [...sandboxed, 'node'];

async function end(source: string, profile: ProfileName, time = limits.time): Promise<string | undefined> {
  using pac = await loadPac(source, { limits: { ...limits, time } });
  const { error } = await pac.resolve('http://a.test/', { profile });
  return error?.name;
}

type Row = [what: string, source: string, error: string, inNode?: string];

/** Hostile to one host only, so that the same file can be asked about another one afterwards. */
const trap = (body: string): string => entry(`if (host == "a.test") { ${body} } return "PROXY b:1"`);

/** JScript's shExpMatch knows stars and question marks and nothing else. */
const isJScript = (profile: ProfileName): boolean => profile === 'winhttp' || profile === 'dotnet-framework';

/** Scripts and the errors that end them: in our engine, and in pac-resolver's where that is another. */
const deadly: Row[] = [
  ['an endless loop', trap('for (;;);'), 'TimeLimit'],
  [
    'an endless loop in try and finally',
    trap('try { for (;;); } catch (e) { return "PROXY a:1"; } finally { return "PROXY b:1"; }'),
    'TimeLimit',
  ],
  ['an endless loop at load', `for (;;);${entry('return "DIRECT"')}`, 'TimeLimit'],
  [
    'a catastrophic regular expression',
    trap('return /^(a+)+$/.test("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!") ? "DIRECT" : "PROXY a:1"'),
    'TimeLimit',
  ],
  [
    'a catastrophic regular expression in shExpMatch',
    trap('return shExpMatch("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "(a+)+") ? "DIRECT" : "PROXY a:1"'),
    'TimeLimit',
  ],
  ['deep recursion', trap('return FindProxyForURL(url, host) + 1'), 'StackLimit'],
  [
    'deep recursion of toString',
    trap('var o = { toString: function () { return "" + o } }; return "" + o'),
    'StackLimit',
  ],
  ['a memory bomb', trap('var a = []; for (;;) a.push(new Array(1000).join("x"))'), 'MemoryLimit', 'TimeLimit'],
  ['a text that doubles', trap('var s = "x"; for (;;) s += s'), 'MemoryLimit'],
  ['one huge text', trap('return new Array(300000000).join("x")'), 'TimeLimit'],
  [
    'a helper that loops',
    `dnsDomainIs = function () { for (;;); }; ${trap('return dnsDomainIs(host, "x")')}`,
    'TimeLimit',
  ],
  ['a toString that loops', trap('"".indexOf({ toString: function () { for (;;); } }); return "DIRECT"'), 'TimeLimit'],
  [
    'a toString that throws',
    trap('"" + { toString: function () { throw new RangeError("no"); } }; return "DIRECT"'),
    'RangeError',
  ],
  [
    'an error that loops when it is read',
    trap('throw { get name() { for (;;); }, get message() { for (;;); }, toString: function () { for (;;); } }'),
    'TimeLimit',
  ],
  ['a timer', trap('setTimeout(function () {}, 1)'), 'ReferenceError'],
  ['a fetch', trap('fetch("http://a.test/")'), 'ReferenceError'],
  ['a flood of names', trap('for (var i = 0; ; i++) dnsResolve("h" + i + ".test")'), 'TimeLimit'],
  [
    'a search for half of a long text',
    trap(
      'var a = "a"; while (a.length < 4000000) a += a; var b = a.slice(a.length / 2) + "b"; return "" + a.indexOf(b)',
    ),
    'TimeLimit',
  ],
  ['a list without end', trap('return "" + Array.prototype.indexOf.call({ length: 1e15 }, 1)'), 'TimeLimit'],
  ['a list of holes', trap('return new Array(4294967295).join("")'), 'TimeLimit'],
  [
    'lists of holes put together',
    trap('var a = []; a.length = 4294967295; return "" + a.concat(a).length'),
    'TimeLimit',
  ],
  [
    'many long functions of the engine',
    trap('var t = "a"; while (t.length < 100000) t += t; for (;;) t.toUpperCase()'),
    'TimeLimit',
  ],
];

/** What one engine has not, or refuses as a syntax. */
const modern: Row[] = [
  [
    'a newer list function',
    trap('return "" + Array.prototype.findLast.call({ length: 1e15 }, function () { return false })'),
    'TimeLimit',
  ],
  [
    'a proxy that lies about its length',
    trap(
      'var n = 0; return "" + Array.prototype.indexOf.call(new Proxy([], { get: function (t, k) { return k === "length" ? (n++ ? 1e15 : 1) : t[k] } }), 1)',
    ),
    'none',
    'Error',
  ],
  ['many fills of a typed list', trap('var a = new Float64Array(1000000); for (;;) a.fill(1)'), 'TimeLimit'],
  [
    'a text with itself in each place',
    trap('var a = "a"; while (a.length < 4000000) a += a; return "" + a.replaceAll("a", a).length'),
    'TimeLimit',
  ],
];

describe.each(all)('%s ends, with a named error and the next evaluation untouched,', (profile) => {
  const rows = isJScript(profile) ? deadly : [...deadly, ...modern];
  it.each(rows)(
    '%s',
    async (what, source, error, inNode = error) => {
      // What is to end at another limit has time enough to reach that one.
      const expected = profile === 'node' ? inNode : what.includes('shExpMatch') && isJScript(profile) ? 'none' : error;
      const time = /^(?:Memory|Stack)/.test(expected) ? 20_000 : limits.time;
      using pac = await loadPac(source, { limits: { ...limits, time } });
      using good = await loadPac(entry('return isPlainHostName(host) ? "DIRECT" : "PROXY b:1"'));
      expect((await pac.resolve('http://a.test/', { profile, dns: {} })).error?.name ?? 'none').toBe(expected);
      expect((await good.resolve('http://a.test/', { profile })).routes).toEqual(['PROXY b:1']);
      if (what.endsWith('at load')) return;
      expect((await pac.resolve('http://b.test/', { profile, dns: {} })).routes).toEqual(['PROXY b:1']);
    },
    60_000,
  );

  it('returns 100 000 entries, and has 10 MB of source', async () => {
    using many = await loadPac(entry('return new Array(100001).join("PROXY a:1;")'));
    expect((await many.resolve('http://a.test/', { profile })).routes.length).toBeGreaterThan(0);
    using long = await loadPac(`${entry('return "PROXY a:1"')}\n//${'x'.repeat(1e7)}`);
    expect((await long.resolve('http://a.test/', { profile })).routes).toEqual(['PROXY a:1']);
  }, 30_000);

  it('finds nothing of the host through constructors', async () => {
    const source = entry(`
      var make = Math.abs.constructor("return typeof process + typeof require + typeof module"), out = "" + make();
      return "PROXY " + out.replace(/undefined/g, "") + "ok:1";`);
    using pac = await loadPac(source);
    expect((await pac.resolve('http://a.test/', { profile })).routes).toEqual(['PROXY ok:1']);
  });

  it('harms nobody else by tampering with prototypes', async () => {
    using bad = await loadPac(
      `String.prototype.indexOf = function () { for (;;); }; Array.prototype.push = JSON.stringify = null;${entry('return "PROXY a:1"')}`,
      { limits },
    );
    expect((await bad.resolve('http://a.test/', { profile })).routes).toEqual(['PROXY a:1']);
    expect([1].push(2)).toBe(2);
  });
});

describe('in the node profile', () => {
  it('a promise that is never settled ends with an error', async () => {
    using pac = await loadPac(entry('return new Promise(function () {})'), { limits });
    expect((await pac.resolve('http://a.test/', { profile: 'node' })).error?.message).toMatch(/never settled/);
  });
});

describe('a hostile script', () => {
  it.each(sandboxed)('whose toString loops or throws ends in %s', async (profile) => {
    expect(
      await end(entry('return shExpMatch({ toString: function () { for (;;); } }, "*") ? "DIRECT" : ""'), profile),
    ).toBe('TimeLimit');
    expect(await end(entry('alert({ toString: function () { throw new RangeError("no"); } })'), profile)).toBe(
      'RangeError',
    );
  });

  it('floods DNS until its time is over', async () => {
    using pac = await loadPac(entry('for (var i = 0; ; i++) dnsResolve("h" + i + ".test")'), { limits });
    const { error } = await pac.resolve('http://a.test/', {
      profile: 'firefox',
      resolver: () => Promise.resolve(null),
    });
    expect(error?.name).toBe('TimeLimit');
  });

  it('returns 100 000 entries, or 10 MB of text', async () => {
    using many = await loadPac(entry('return new Array(100001).join("PROXY a:1;")'));
    expect((await many.resolve('http://a.test/')).routes).toHaveLength(100_000);
    using giant = await loadPac(entry('return new Array(1e7).join("x")'));
    expect((await giant.resolve('http://a.test/')).routes).toEqual(['DIRECT']);
  });

  it('has 10 MB of source', async () => {
    using pac = await loadPac(`${entry('return "PROXY a:1"')}\n//${'x'.repeat(1e7)}`);
    expect((await pac.resolve('http://a.test/')).routes).toEqual(['PROXY a:1']);
  });

  it.each(sandboxed)('finds nothing of the host through constructors in %s', async (profile) => {
    const source = entry(`
      var seen = [];
      [dnsResolve, alert, isInNet, FindProxyForURL].forEach(function (f) {
        seen.push(f.constructor("return typeof process + typeof require + typeof module")());
        seen.push(Object.getPrototypeOf(f).constructor("return typeof process")());
      });
      return "PROXY " + seen.join("").replace(/undefined/g, "") + "ok:1";`);
    using pac = await loadPac(source);
    expect((await pac.resolve('http://a.test/', { profile })).routes).toEqual(['PROXY ok:1']);
  });

  it('has no timers and no network', async () => {
    expect(await end(entry('setTimeout(function () {}, 1)'), 'chromium')).toBe('ReferenceError');
    expect(await end(entry('fetch("http://a.test/")'), 'firefox')).toBe('ReferenceError');
  });

  it('harms nobody but itself by tampering with prototypes', async () => {
    const tampered = `String.prototype.indexOf = function () { for (;;); };
      Array.prototype.push = Map.prototype.get = JSON.stringify = null; Object.prototype.toJSON = function () { throw 1; };
      Object.defineProperty(Array.prototype, "0", { set: function () { for (;;); } });`;
    using bad = await loadPac(tampered + entry('return "PROXY a:1"'), { limits });
    using good = await loadPac(entry('return isPlainHostName(host) ? "DIRECT" : "PROXY b:1"'));
    expect((await bad.resolve('http://a.test/')).routes).toEqual(['PROXY a:1']);
    expect((await bad.resolveMany(['http://a.test/', 'http://b.test/'])).map((each) => each.raw)).toEqual([
      'PROXY a:1',
      'PROXY a:1',
    ]);
    expect((await good.resolve('http://a.test/')).routes).toEqual(['PROXY b:1']);
    expect(Object.prototype).not.toHaveProperty('toJSON');
  });

  it('leaves the next request of the same file in order after each limit', async () => {
    const source = entry(
      'if (host == "loop.test") for (;;); if (host == "deep.test") return FindProxyForURL(url, host) + 1; return "PROXY a:1"',
    );
    using pac = await loadPac(source, { limits });
    const urls = ['http://a.test/', 'http://loop.test/', 'http://b.test/', 'http://deep.test/', 'http://c.test/'];
    const names = [undefined, 'TimeLimit', undefined, 'StackLimit', undefined];
    expect((await pac.resolveMany(urls)).map((each) => each.error?.name)).toEqual(names);
    for (const [index, url] of urls.entries()) expect((await pac.resolve(url)).error?.name).toBe(names[index]);
  });
});
