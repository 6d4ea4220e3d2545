import { describe, expect, it } from 'vitest';
import { explain, loadPac, missingIn, profileNamed, type ProfileName } from '../../src/pac/index.ts';

/** Names of the globals that scripts saw in Chromium 156 and Firefox ESR 153. */
const seen: Partial<Record<ProfileName, string>> = {
  chromium: `AggregateError Array ArrayBuffer AsyncDisposableStack Atomics BigInt BigInt64Array BigUint64Array Boolean DataView Date DisposableStack Error EvalError FinalizationRegistry FindProxyForURL Float16Array Float32Array Float64Array Function Infinity Int16Array Int32Array Int8Array Intl Iterator JSON Map Math NaN Number Object Promise Proxy RangeError ReferenceError Reflect RegExp Set SharedArrayBuffer String SuppressedError Symbol SyntaxError Temporal TypeError URIError Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef WeakSet alert console convert_addr dateRange decodeURI decodeURIComponent dnsDomainIs dnsDomainLevels dnsResolve dnsResolveEx encodeURI encodeURIComponent escape eval globalThis isFinite isInNet isInNetEx isNaN isPlainHostName isResolvable isResolvableEx isValidIpAddress localHostOrDomainIs months myIpAddress myIpAddressEx parseFloat parseInt shExpMatch sortIpAddressList timeRange undefined unescape wdays weekdayRange`,
  firefox: `AggregateError Array ArrayBuffer AsyncDisposableStack BigInt BigInt64Array BigUint64Array Boolean DataView Date DisposableStack Error EvalError FinalizationRegistry FindProxyForURL Float16Array Float32Array Float64Array Function Infinity Int16Array Int32Array Int8Array InternalError Intl Iterator JSON Map Math NaN Number Object Promise Proxy RangeError ReferenceError Reflect RegExp Set String SuppressedError Symbol SyntaxError Temporal TypeError URIError Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef WeakSet WebAssembly alert convert_addr dateRange decodeURI decodeURIComponent dnsDomainIs dnsDomainLevels dnsResolve encodeURI encodeURIComponent escape eval globalThis isFinite isInNet isNaN isPlainHostName isResolvable isValidIpAddress localHostOrDomainIs months myIpAddress parseFloat parseInt shExpMatch timeRange undefined unescape wdays weekdayRange`,
};

const script = (body: string): string => `function FindProxyForURL(url, host) { ${body} }`;

describe.each(['chromium', 'firefox'] as const)('a script in %s', (profile) => {
  it('sees the globals that the browser shows, but for those that are said to be missing', async () => {
    using pac = await loadPac(script('return "PROXY a:1"'));
    const told = await pac.evaluate('Object.getOwnPropertyNames(globalThis).sort().join(" ")', { profile });
    const { missing } = profileNamed(profile).script;
    const expected = (seen[profile] ?? '').split(/\s+/).filter((name) => !missing.includes(name));
    expect('value' in told && String(told.value).split(' ')).toEqual(expected.sort());
    for (const name of missing.filter((each) => !each.includes('.'))) expect(seen[profile]).toContain(name);
  });
});

describe.each(['chromium', 'firefox', 'winhttp'] as const)('what is said to be missing or absent in %s', (profile) => {
  it('is not there', async () => {
    using pac = await loadPac(script('return "PROXY a:1"'));
    const { missing, absent } = profileNamed(profile).script;
    for (const name of [...missing, ...absent]) {
      const [holder = '', ...members] = name.split('.');
      const there = [holder, ...members].reduce(
        (path, part) => (path === '' ? part : `${path}[${JSON.stringify(part)}]`),
        '',
      );
      const told = await pac.evaluate(`typeof ${holder} === "undefined" ? "undefined" : typeof ${there}`, { profile });
      expect(told, name).toMatchObject({ value: 'undefined' });
    }
  });
});

describe('a script that uses what our engine does not have', () => {
  const source = script(
    'var o = { Intl: 1 }; o.Intl;\n  var m = /(a)/.exec(host) && RegExp["$1"];\n  return typeof Intl + m;',
  );

  it('is told by name and place, for the clients that have it', async () => {
    expect(await missingIn(source, 'chromium')).toEqual([
      { name: 'RegExp.$1', line: 2, column: 31 },
      { name: 'Intl', line: 3, column: 17 },
    ]);
    expect((await missingIn(source, 'winhttp')).map(({ name }) => name)).toEqual(['RegExp.$1']);
    expect(await missingIn(source, 'node')).toEqual([]);
  });

  it('is another matter when the script declares the name itself', async () => {
    expect(await missingIn(`var Intl = 1; ${script('return Intl')}`, 'chromium')).toEqual([]);
    expect(await missingIn(script('return "Intl"'), 'chromium')).toEqual([]);
  });

  it('is not established, and explain says so first', async () => {
    const { notEstablished } = await explain(source, 'http://a.test/');
    expect(notEstablished.slice(0, 2).map(({ why }) => why)).toEqual([
      expect.stringContaining('Line 2 uses RegExp.$1'),
      expect.stringContaining('Line 3 uses Intl'),
    ]);
  });
});

describe('the deciding line in the node profile', () => {
  it('is that of the function that a lookup made asynchronous', async () => {
    const source = `function pick(host) {
      if (isInNet(host, "10.0.0.0", "255.0.0.0")) return "PROXY in:1";
      return "DIRECT";
    }
    function FindProxyForURL(url, host) {
      if (isPlainHostName(host)) return "PROXY plain:1";
      return pick(host);
    }`;
    const options = { profile: 'node', dns: { 'a.test': ['10.1.2.3'] } } as const;
    expect((await explain(source, 'http://a.test/', options)).decidedBy?.line).toBe(2);
    expect((await explain(source, 'http://b.test/', options)).decidedBy?.line).toBe(3);
    expect((await explain(source, 'http://www/', options)).decidedBy?.line).toBe(6);
  });
});

it('no line is named where the marks change the answer', async () => {
  const source = script('return "PROXY l" + String(FindProxyForURL).length + ":1"');
  const { decidedBy, resolution } = await explain(source, 'http://a.test/');
  expect(resolution.routes).toHaveLength(1);
  expect(decidedBy).toBeNull();
});
