import { describe, expect, it } from 'vitest';
import { loadPac } from '../../src/pac/index.ts';

/** Scripts that the engine has to answer, that ask names, and that leave nothing behind. */
const scripts: readonly [string, string][] = [
  ['a list', 'function FindProxyForURL(url, host) { var parts = host.split("."); return isResolvable(host) ? "PROXY " + parts[0] + ":1" : "DIRECT"; }'],
  ['several names', 'function FindProxyForURL(url, host) { var found = [dnsResolve(host), dnsResolve("x." + host), dnsResolve(host)]; return "PROXY " + found.join("-") + ":1"; }'],
  ['a loop behind the question', 'function FindProxyForURL(url, host) { var a = dnsResolve(host), n = []; for (var i = 0; i < 500; i++) n[i] = i; return "PROXY " + a + n.length + ":1"; }'],
  ['a question in another function', 'function ask(name) { try { return isInNet(name, "10.0.0.0", "255.0.0.0"); } finally { var x = [1]; } } function FindProxyForURL(url, host) { return [ask(host), ask("b.example")].join() === "true,false" ? "DIRECT" : "PROXY p:1"; }'],
  ['the own address', 'function FindProxyForURL(url, host) { return "PROXY " + myIpAddress().split(".").join("-") + ":1"; }'],
]; // prettier-ignore

const dns = { 'a.example': ['10.1.2.3'], 'x.a.example': ['192.0.2.1'] };
const hosts = ['a.example', 'x.a.example', 'b.example'];

describe('a run that Chromium throws away is not followed where nobody could see it', () => {
  it.each(scripts)('and everything is told as before: %s', async (_, source) => {
    const urls = hosts.map((host) => `http://${host}/`);
    const options = { dns, now: 0, myIp: ['10.0.0.7'] };
    const told = async (pac: Awaited<ReturnType<typeof loadPac>>): Promise<unknown[]> =>
      JSON.parse(JSON.stringify(await Promise.all(urls.map((url) => pac.resolve(url, options))))) as unknown[];
    using first = await loadPac(source);
    const before = await told(first);
    using later = await loadPac(source);
    await later.resolveMany(
      Array.from({ length: 60 }, (_each, at) => `http://h${at}.example/`),
      options,
    );
    expect(await told(later)).toEqual(before);
    expect((await later.resolveMany(urls, options)).map(({ raw, runs, names }) => ({ raw, runs, names }))).toEqual(
      (before as { raw: string; runs: number; names: string[] }[]).map(({ raw, runs, names }) => ({
        raw,
        runs,
        names,
      })),
    );
  });
});
