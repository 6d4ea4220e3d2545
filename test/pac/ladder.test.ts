/** Rows of questions about the host: answered from memory for hosts that came before, and as the engine answers them. */
import { expect, it } from 'vitest';

import { MarkedScript } from '../../src/pac/explain.ts';
import { loadPac, profileNamed } from '../../src/pac/index.ts';
import { decidingPoint, type Point } from '../../src/pac/instrument.ts';
import { defaultLimits } from '../../src/pac/limits.ts';
import { plainAlone } from '../../src/pac/plain/alone.ts';
import { firstHolding, HostMemory } from '../../src/pac/plain/ladder.ts';
import type { Frame } from '../../src/pac/plain/machine.ts';
import type { Scope } from '../../src/pac/plain/expressions.ts';
import { parseScript, type SyntaxNode } from '../../src/pac/syntax.ts';
import { fc } from '../kit/properties.ts';

/** Asks the engine itself: whoever wants other limits than usual sees what it does within them. */
const inEngine = { limits: { memory: defaultLimits.memory - 1 } };

const ofHost = fc.constantFrom(
  'host == "a.test"',
  'dnsDomainIs(host, ".b.test")',
  'shExpMatch(host, "*.c.*")',
  'low.substring(0, 2) == "ww"',
  'host in table',
  'table[host] == 1',
  'list.indexOf(host) >= 0',
  '/^x\\d/.test(host)',
  'isPlainHostName(host) && host.length > n',
  '!shExpMatch(low, "*.test")',
  'localHostOrDomainIs(host, "a.test") || host == word',
  'false',
);
const ofMore = fc.constantFrom(
  'url.indexOf("/p/2") > 0',
  'shExpMatch(url, "https:*")',
  'isInNet(host, "10.0.0.0", "255.0.0.0")',
  'flag == 2',
  'turned == host',
  'dnsDomainIs(url, "q")',
  'count > 1',
);
const test_ = fc.oneof({ weight: 19, arbitrary: ofHost }, { weight: 1, arbitrary: ofMore });
const bodies = [
  'return "PROXY p:1";',
  'return;',
  'return undefined;',
  '{ flag = 2; }',
  'count++;',
  '{ turned = url; }',
  '{ if (url.length > 20) return "DIRECT"; }',
  'host2 = host;',
  ';',
];
const body = fc.constantFrom(...bodies);
const question = fc.tuple(test_, body).map(([test, then]) => `if (${test}) ${then}`);
const answering = test_.map((test) => `if (${test}) return "PROXY chain:1";`);
const row = fc.array(question, { minLength: 9, maxLength: 24 }).map((all) => all.join('\n'));
const chain = fc.array(answering, { minLength: 9, maxLength: 16 }).map((all) => all.join(' else '));
const inside = fc.tuple(ofMore, row).map(([test, all]) => `if (${test}) { ${all} }`);
/** A host that is changed on the way is another one behind it. */
const changed = fc.constantFrom(
  '',
  '',
  'host = host.substring(1);',
  'host = "www";',
  'if (flag == 2) host = "a.test";',
  'low = url.indexOf("2xx") > 0 ? "www" : "q.test";',
);
const scripts = fc.tuple(row, changed, fc.oneof(chain, inside, row), changed).map(
  ([one, two, three, four]) => `var table = { "a.test": 1, "www": 2 }, list = ["x1.b.test"], word = "www", n = 2;
function FindProxyForURL(url, host) {
  var low = host.toLowerCase(), flag, count = 0, turned, host2;
  ${[one, two, three, four].join('\n')}
  return "PROXY end:" + count;
}`,
);

const hosts = ['a.test', 'x1.b.test', 'www', 'w.c.example', '10.1.2.3', 'other.example', 'x1'];
const urls = [1, 2, 1].flatMap((round) =>
  hosts.map((host) => [`http://${host}/p/${round}${'x'.repeat(round)}`, host] as const),
);

it('a script with long rows is answered as the engine answers it, however often a host comes', async () => {
  let rows = 0;
  await fc.assert(
    fc.asyncProperty(scripts, async (source) => {
      const quick = (await plainAlone(source, profileNamed('chromium')))?.script;
      expect(quick).toBeDefined();
      using pac = await loadPac(source, inEngine);
      using marked = new MarkedScript(source);
      for (const [url, host] of urls) {
        const answer = quick?.answer(url, host, {});
        if (answer === undefined) continue;
        rows++;
        expect(answer).toBe((await pac.resolve(url)).raw);
        const { raw, points = [] } = quick?.returns(url, host, {}) ?? {};
        const { line, column, text } = decidingPoint([...points.keys()], points as readonly Point[]) ?? {};
        const [theirs] = await marked.answers([url], {});
        expect({ raw, decision: { line, column, text } }).toEqual(theirs);
      }
    }),
    { numRuns: 150 },
  );
  expect(rows).toBeGreaterThan(1000);
}, 120_000);

const functionIn = (source: string): SyntaxNode =>
  ((parseScript(source).tree as SyntaxNode)['body'] as SyntaxNode[])[0] as SyntaxNode;

/** Eight questions about the host, counted. */
function counted(parameters: string, source = 'host == "b"') {
  const entry = functionIn(`function f(${parameters}) { ${`if (${source}) return 1;`.repeat(8)} }`);
  const nodes = ((entry['body'] as SyntaxNode)['body'] as SyntaxNode[]).map((node) => node['test'] as SyntaxNode);
  const state = { asked: 0 };
  const test = (frame: Frame): boolean => {
    state.asked++;
    return frame[1] === 'b';
  };
  const scope = { hosts: new HostMemory(entry), places: new Map(), declared: {} } as unknown as Scope;
  const names = ['constants', 'tables', 'lists', 'patterns'];
  Object.assign(scope.declared, Object.fromEntries(names.map((name) => [name, new Map()])));
  const first = firstHolding(
    nodes,
    nodes.map(() => test),
    scope,
  );
  return { first, state };
}

it('a host is asked once, until ten thousand others have come', () => {
  const { first, state } = counted('url, host');
  expect([first(['u', 'a'], 0), first(['u', 'a'], 0), first(['u', 'b'], 0), first(['u', 'a'], 0)]).toEqual([
    8, 8, 0, 8,
  ]);
  expect(state.asked).toBe(8 + 1);
  for (let other = 0; other < 10_000; other++) first(['u', `h${other}`], 0);
  const before = state.asked;
  first(['u', 'a'], 0);
  expect(state.asked - before).toBe(8);
});

it('what looks at more than the host is asked each time', () => {
  for (const [parameters, source] of [
    ['url, host', 'url == "b"'],
    ['host, other', 'host == "b"'],
    ['url, host', 'dnsResolve(host) == "b"'],
    ['url, host', '(host = "b")'],
  ] as const) {
    const { first, state } = counted(parameters, source);
    first(['u', 'a'], 0);
    first(['u', 'a'], 0);
    expect(state.asked).toBe(16);
  }
});
