import { describe, expect, it } from 'vitest';
import { MarkedScript } from '../../src/pac/explain.ts';
import { helpers, loadPac, profileNamed, profileNames, type ProfileName } from '../../src/pac/index.ts';
import { decidingPoint, type Point } from '../../src/pac/instrument.ts';
import { defaultLimits } from '../../src/pac/limits.ts';
import { plainAlone } from '../../src/pac/plain/alone.ts';
import { plainScript } from '../../src/pac/plain/index.ts';
import { isPure } from '../../src/pac/plain/pure.ts';
import { fc } from '../kit/properties.ts';

const sandboxed = profileNames.filter((name) => name !== 'node');
const entry = (body: string): string => `function FindProxyForURL(url, host) { ${body} }`;
const plain = (source: string, profile: ProfileName = 'chromium') =>
  plainScript(source, profileNamed(profile), 'FindProxyForURL')?.answer ?? null;
/** Asks the engine itself: whoever wants other limits than usual sees what it does within them. */
const inEngine = { limits: { memory: defaultLimits.memory - 1 } };
const isHelper = (name: string): boolean => helpers.some((helper) => helper.name === name);

const head = `var pattern = /^(?:www\\.)?[a-d]+\\.te?st$/i; var table = { "a.test": 1, "b.test": "PROXY t:1", c: null, "5": true }, list = ["a.test", ".test", "*.b.test", 7], word = "PROXY w:1", n = 3;
function inList(h) { for (var i = 0; i < list.length; i++) { if (list[i] == h) return true; if (i > 2) break; } return false; }
function ends(h, d) { return dnsDomainIs(h, d) || h == d.substring(1); }
`;

/** Scripts out of the parts of which PAC files are made, some of them ill-typed. */
const leaf = fc.constantFrom(
  'host',
  'url',
  '"a.test"',
  '"*.test"',
  '"?.b*"',
  '""',
  'word',
  'n',
  '0',
  '-1',
  'null',
  'true',
  'undefined',
  'other',
  'list[1]',
  'list[n]',
  'list[9]',
  'table[host]',
  'table["b.test"]',
  'table.c',
  'table[5]',
  '"toString"',
  'table["toString"]',
  '"10.0.0.1"',
  '"255.0.0.0"',
  '"x".length',
  '"MON"',
  '"JAN"',
  '8',
  '"b.test"',
  'myIpAddress()',
);
const clockCalls = [
  'weekdayRange("MON")',
  'weekdayRange("FRI", "MON")',
  'weekdayRange("TUE", "THU", "GMT")',
  'weekdayRange(host)',
  'timeRange(8)',
  'timeRange(8, 17)',
  'timeRange(22, 30, 5, 15)',
  'timeRange(8, 30, 10, 17, 0, 5, "GMT")',
  'timeRange(6, 0, 18, 70, "GMT")',
  'dateRange(15)',
  'dateRange("MAR", "GMT")',
  'dateRange(2026)',
  'dateRange("OCT", "FEB")',
  'dateRange(10, 20)',
  'dateRange(10, 31, "GMT")',
  'dateRange(1, "JUN", 31, "SEP")',
  'dateRange("JAN", 2025, "FEB", 2027)',
  'dateRange(24, "DEC", 2025, 2, "JAN", 2027, "GMT")',
];
const patterns = [
  'pattern',
  '/^a/',
  '/\\.b\\.test$/',
  '/^[^.]+$/',
  '/^(\\d{1,3})\\.(\\d+)\\./',
  '/(www|x\\.b)?\\.?test/',
  '/A.*T$/i',
  '/a{2}|^t/',
];
const worlds = fc.record({
  now: fc.integer({ min: Date.UTC(2025, 11, 20), max: Date.UTC(2027, 0, 10) }),
  timeZone: fc.constantFrom('UTC', 'Asia/Kolkata', 'Europe/Berlin', 'Asia/Tokyo', 'Pacific/Apia'),
  myIp: fc.constantFrom(['10.1.2.3'], ['fd00::1', '192.168.1.5'], []),
  dns: fc.constantFrom({}, { 'a.test': ['10.9.9.9'], www: ['fe80::1', '192.168.0.1'] }, { 'a.test': ['fd00::10.2'] }),
});
const test_ = fc.letrec<{ value: string; statement: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc
      .tuple(
        fc.constantFrom('==', '!=', '===', '!==', '<', '>=', '+', '-', '&&', '||', '%'),
        tie('value'),
        tie('value'),
      )
      .map(([op, a, b]) => `(${a} ${op} ${b})`),
    fc
      .tuple(fc.constantFrom('dnsDomainIs', 'shExpMatch', 'localHostOrDomainIs', 'ends'), tie('value'), tie('value'))
      .map(([f, a, b]) => `${f}(${a}, ${b})`),
    fc
      .tuple(fc.constantFrom('isPlainHostName', 'dnsDomainLevels', 'inList', '!', 'typeof ', '-'), tie('value'))
      .map(([f, a]) => `${f}(${a})`),
    fc
      .tuple(
        fc.constantFrom('indexOf', 'substring', 'charAt', 'substr', 'lastIndexOf', 'slice', 'endsWith', 'toLowerCase'),
        tie('value'),
        tie('value'),
      )
      .map(([f, a, b]) => `${a}.${f}(${b})`),
    tie('value').map((a) => `isInNet(${a}, "10.0.0.0", "255.0.0.0")`),
    fc
      .tuple(fc.constantFrom('dnsResolve', 'isResolvable', 'dnsResolveEx', 'isResolvableEx'), tie('value'))
      .map(([f, a]) => `${f}(${a})`),
    fc.constantFrom(...clockCalls),
    fc.tuple(fc.constantFrom(...patterns), tie('value')).map(([pattern, a]) => `${pattern}.test(${a})`),
    fc.tuple(fc.constantFrom(...patterns), tie('value')).map(([pattern, a]) => `!${a}.match(${pattern})`),
    tie('value').map((a) => `shExpMatch(${a}, "(a|*b|1?)*[.]test")`),
    fc.tuple(tie('value'), tie('value'), tie('value')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    tie('value').map((a) => `(${a} in table)`),
    tie('value').map((a) => `list.indexOf(${a})`),
  ),
  statement: fc.oneof(
    { depthSize: 'small' },
    tie('value').map((a) => `return ${a};`),
    tie('value').map((a) => `if (${a}) return "PROXY yes:1";`),
    tie('value').map((a) => `other = ${a};`),
    tie('value').map((a) => `other += ${a};`),
    fc.tuple(tie('value'), tie('statement'), tie('statement')).map(([a, b, c]) => `if (${a}) { ${b} } else ${c}`),
    fc.tuple(tie('value'), tie('statement')).map(([a, b]) => `if (${a}) ${b}`),
    fc.tuple(tie('statement'), tie('statement')).map(([a, b]) => `{ ${a} ${b} }`),
    tie('statement').map((a) => `for (var j = 0; j < 3; j++) { ${a} }`),
  ),
})).statement;

const hosts = ['a.test', 'x.b.test', 'www', 'test', '10.1.2.3', 'caf', 'constructor'];

describe('a plain script', () => {
  it.each(sandboxed)(
    'is answered as the engine answers it in %s, or not at all',
    async (profile) => {
      let answered = 0;
      let asked = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(test_, { minLength: 1, maxLength: 4 }), worlds, async (body, world) => {
          const source = `${head}${entry(`var other; ${body.join('\n')} return "PROXY end:1";`)}`;
          const quick = (await plainAlone(source, profileNamed(profile)))?.script;
          if (!quick) return;
          using pac = await loadPac(source, inEngine);
          using alone = await loadPac(source);
          using marked = new MarkedScript(source);
          for (const host of hosts) {
            const url = `http://${host}/p/q`;
            const answer = quick.answer(url, host, world);
            if (answer === undefined) continue;
            answered++;
            if (quick.outside.dependent) asked++;
            const told = await pac.resolve(url, { ...world, profile });
            expect(told.raw).toBe(answer);
            expect({ ...(await alone.resolve(url, { ...world, profile })) }).toEqual({ ...told });
            expect(quick.calls(url, host, world)).toEqual(told.calls);
            const { raw, points = [] } = quick.returns(url, host, world) ?? {};
            const decided = decidingPoint([...points.keys()], points as readonly Point[]);
            const [theirs] = await marked.answers([url], { ...world, profile });
            const { line, column, text } = decided ?? {};
            expect({ raw, decision: { line, column, text } }).toEqual(theirs);
          }
        }),
        { numRuns: 400 },
      );
      expect(answered).toBeGreaterThan(100);
      expect(asked).toBeGreaterThan(50);
    },
    120_000,
  );

  it('is found plain where it only compares', () => {
    expect(plain(entry('return isPlainHostName(host) ? "DIRECT" : "PROXY a:1";'))?.('http://a.test/', 'a.test')).toBe(
      'PROXY a:1',
    );
    expect(plain(`${head}${entry('return inList(host) ? "DIRECT" : word')}`)?.('http://a.test/', 'a.test')).toBe(
      'DIRECT',
    );
  });

  it.each([
    ['a counter', `var n = 0; ${entry('n++; return "DIRECT"')}`],
    ['a changed table', `var t = { a: 1 }; ${entry('t.a = 2; return "DIRECT"')}`],
    ['the global object', entry('this.x = 1; return "DIRECT"')],
    ['a helper that is replaced', `function isPlainHostName() { return true; } ${entry('return "DIRECT"')}`],
    ['the way to a constructor', entry('return host.constructor("return 1")()')],
    ['code made while running', entry('return eval("1")')],
    ['a function that calls itself', entry('return FindProxyForURL(url, host)')],
    ['a tampered prototype', `String.prototype.indexOf = null; ${entry('return "DIRECT"')}`],
    ['a closure', entry('return (function () { return "DIRECT" })()')],
    ['a table with a prototype', `var t = { __proto__: null }; ${entry('return t[host]')}`],
  ])('is none with %s', (_, source) => {
    expect(plain(source)).toBeNull();
    expect(isPure(source, isHelper) && !source.includes('FindProxyForURL(url, host) }')).toBe(false);
  });

  it.each([
    ['a pattern whose ways grow', entry('return shExpMatch(host, "(a|b)+.test") ? "DIRECT" : "PROXY a:1"')],
    ['a value that is no text', entry('return 5')],
    ['an error', entry('return shExpMatch(null, "*")')],
    ['what every object inherits', `var t = {}; ${entry('return t["toString"] ? "DIRECT" : "PROXY a:1"')}`],
    ['a loop without end', entry('for (;;) {}')],
    ['a text without end', entry('var t = url; while (true) t += t; return t')],
    [
      'calls without end',
      `function a(h) { return b(h) + b(h) } function b(h) { return c(h) + c(h) } function c(h) { var s = ""; for (var i = 0; i < 9000; i++) s += h; return s } ${entry('return a(host)')}`,
    ],
  ])('leaves %s to the engine', (_, source) => {
    expect(plain(source)?.('http://a.test/', 'a.test')).toBeUndefined();
  });

  it('of a depth that breaks a stack is no plain script', () => {
    expect(plain(entry(`return ${'!'.repeat(5000)}host`))).toBeNull();
    expect(plain(entry(`return "x"${' + "x"'.repeat(5000)}`))).toBeNull();
    const rules = Array.from({ length: 3000 }, (_, n) => `host == "h${n}"`).join(' || ');
    expect(plain(entry(`return ${rules} ? "DIRECT" : "PROXY a:1"`))?.('http://h9/', 'h9')).toBe('DIRECT');
  });
});

describe('helper calls', () => {
  const source = entry(
    'if (isPlainHostName(host)) return "DIRECT";\n if (dnsDomainIs(host, ".b.test")) return "PROXY b:1";\n return "PROXY a:1";',
  );
  const loops = entry(
    'for (var i = 0; i < 2; i++) if (shExpMatch(host, "*" + i + "*")) return "PROXY b:1";\n return /a/.test(host) ? "PROXY a:1" : "DIRECT";',
  );

  it.each([source, loops])('read later are those that a request alone reports', async (text) => {
    for (const profile of sandboxed) {
      using alone = await loadPac(text);
      using many = await loadPac(text);
      const results = [];
      for (let n = 0; n < 100; n++) results.push(await many.resolve(`http://h${n}.b.test/`, { profile }));
      const other = await alone.resolve('http://h60.b.test/', { profile });
      expect({ ...results[60] }).toEqual({ ...other });
      expect(other.calls.length).toBeGreaterThan(0);
    }
  });

  it('can be read when the file has been disposed of, and after a limit', async () => {
    const pac = await loadPac(
      entry(
        'if (dnsDomainIs(host, ".loop.test")) { var s = url; for (;;) s = s + "x"; } return isPlainHostName(host) ? "DIRECT" : "PROXY a:1";',
      ),
      { limits: { time: 100 } },
    );
    const results = [];
    for (let n = 0; n < 50; n++) results.push(await pac.resolve(`http://h${n}.test/`));
    expect((await pac.resolve('http://a.loop.test/')).error?.name).toMatch(/Limit$/);
    expect(results[40]?.calls).toHaveLength(2);
    pac[Symbol.dispose]();
    expect(results[45]?.calls).toMatchObject([
      { fn: 'dnsDomainIs', args: ['h45.test', '.loop.test'] },
      { fn: 'isPlainHostName' },
    ]);
  });

  it('are the same when an expression has changed a global in between', async () => {
    using pac = await loadPac(
      `var mark = ".b.test"; ${entry('return dnsDomainIs(host, mark) ? "DIRECT" : "PROXY a:1"')}`,
    );
    const results = [];
    for (let n = 0; n < 50; n++) results.push(await pac.resolve(`http://h${n}.b.test/`));
    await pac.evaluate('mark = ".c.test"');
    expect((await pac.resolve('http://x.b.test/')).raw).toBe('PROXY a:1');
    expect(results[40]?.calls[0]).toMatchObject({ args: ['h40.b.test', '.b.test'], result: true });
  });
});
