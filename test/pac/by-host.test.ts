import { describe, expect, it } from 'vitest';
import { answersByHost } from '../../src/pac/by-host.ts';
import { diff } from '../../src/pac/index.ts';
import { profileNamed } from '../../src/pac/profiles/index.ts';

const byHost = (source: string): boolean => answersByHost(source, profileNamed('chromium'));

const asking = 'function FindProxyForURL(url, host) { return isResolvable(host) ? "DIRECT" : "PROXY p:1"; }';

describe('a script looks at the host alone', () => {
  it.each([
    [
      'when it never names its first parameter',
      'function FindProxyForURL(url, host) { return dnsDomainIs(host, ".a") ? "DIRECT" : "PROXY p:1"; }',
    ],
    [
      'whatever the parameter is called',
      'function FindProxyForURL(u, url) { return url == "a" ? "DIRECT" : "PROXY p:1"; }',
    ],
    [
      'when it asks names and the clock',
      'function FindProxyForURL(url, host) { return isInNet(host, "10.0.0.0", "255.0.0.0") && weekdayRange("MON") ? "DIRECT" : "PROXY p:1"; }',
    ],
    [
      'when a function of its own has a url',
      'function f(url) { return url == "a"; } function FindProxyForURL(url, host) { return f(host) ? "DIRECT" : "PROXY p:1"; }',
    ],
  ])('%s', (_, source) => expect(byHost(source)).toBe(true));

  it.each([
    [
      'when it reads the URL',
      'function FindProxyForURL(url, host) { return shExpMatch(url, "http:*") ? "DIRECT" : "PROXY p:1"; }',
    ],
    [
      'when it hands the URL on',
      'function f(x) { return x == "a"; } function FindProxyForURL(url, host) { return f(url) ? "DIRECT" : "PROXY p:1"; }',
    ],
    [
      'when it can reach it as an argument',
      'function FindProxyForURL(url, host) { return arguments[0] == "a" ? "DIRECT" : "PROXY p:1"; }',
    ],
    [
      'when one of two entries does',
      'function FindProxyForURL(url, host) { return "DIRECT"; } function FindProxyForURLEx(url, host) { return url; }',
    ],
    [
      'when it calls its entry itself',
      'function FindProxyForURL(url, host) { return host == "a" ? FindProxyForURL("b", "c") : "DIRECT"; }',
    ],
    ['when the entry is a value', 'var FindProxyForURL = function (url, host) { return "DIRECT"; };'],
    ['when it counts', 'var n = 0; function FindProxyForURL(url, host) { return n++ % 2 ? "DIRECT" : "PROXY p:1"; }'],
    [
      'when it draws lots',
      'function FindProxyForURL(url, host) { return Math.random() < 0.5 ? "DIRECT" : "PROXY p:1"; }',
    ],
    ['when it can make code', 'function FindProxyForURL(url, host) { return eval("u" + "rl"); }'],
    ['when it is no script', 'function FindProxyForURL(url, host) {'],
    ['when it has no entry', 'function other(url, host) { return "DIRECT"; }'],
  ])('not %s', (_, source) => expect(byHost(source)).toBe(false));
});

describe('diff', () => {
  const entries = ['http://a.example/1', 'http://a.example/2', 'http://b.example/1'].map((url) => ({ url, bytes: 1 }));

  async function namesAskedBy(source: string): Promise<string[]> {
    const asked: string[] = [];
    const resolver = (name: string): null => {
      asked.push(name);
      return null;
    };
    const report = await diff(source, source, [{ entries, unread: 0 }], { resolver });
    expect(report).toMatchObject({ requests: 3, bytes: 3, moves: [] });
    return asked.toSorted();
  }

  it('asks such scripts once a host', async () => {
    expect(await namesAskedBy(asking)).toEqual(['a.example', 'a.example', 'b.example', 'b.example']);
  });

  it('asks others once a URL', async () => {
    const reading = asking.replace('return', 'if (url == "x") return "DIRECT"; return');
    expect((await namesAskedBy(reading)).filter((name) => name === 'a.example')).toHaveLength(4);
  });

  it('counts every request of a host that moves, with its own URL as an example', async () => {
    const report = await diff(asking, asking.replace('p:1', 'q:2'), [{ entries, unread: 0 }], {});
    expect(report.moves).toMatchObject([
      {
        requests: 3,
        hosts: 2,
        bytes: 3,
        examples: ['http://a.example/1', 'http://b.example/1'],
        oldLine: 1,
        newLine: 1,
      },
    ]);
  });
});
