import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadPac } from '../../src/pac/index.ts';
import { Checkpoints } from '../../src/pac/checkpoints.ts';
import { startEngine } from '../../src/pac/wasm.ts';

/**
 * What Chromium did with scripts whose lookups have no answer at first. Each notes in a text how far it came, in each of
 * its runs; the text is lower case, because the browser shows it as the name of a proxy.
 */
const facts = JSON.parse(readFileSync(new URL('restart-facts.json', import.meta.url), 'utf8')) as {
  /** Statement behind a lookup → what was noted: "ab" before it, "c" behind it, "!" on entering the next function. */
  single: Record<string, string>;
  /** [body of FindProxyForURL, what was noted]. */
  random: [body: string, noted: string][];
};

const single = (statement: string): string => `var log="", n=0, g=0, k=0, o={p:1}, arr=[], re=/a/, d0=new Date(),
o2={get g(){log+="G";return 1}, set s(v){log+="S"}, toString:function(){log+="T";return "t"}};
function f(){log+="F";return 0} var h=()=>{log+="H"}; function K(){log+="K"}
function* gf(){log+="Y"; yield 1} async function af(){log+="A"} function stop(){log+="!"}
function FindProxyForURL(url, host) { n++; k=0; log += "_a"; dnsResolve("q.test"); log += "b"; ${statement} log += "c"; stop(); log += "d"; return "PROXY " + log + ":1"; }`;

const random = (
  body: string,
): string => `var L = "", n = 0, a, o = {}, h = {}, arr = [], o2 = { get g() { L += "G"; return 1; }, toString: function () { L += "T"; return "t"; } };
function f() { L += "F"; return arr.length; }
function m(t) { L += t; }
function K() { L += "K"; }
function FindProxyForURL(url, host) {
  n++;
  ${body}
  return "PROXY " + (L.length > 400 ? L.substring(0, 200) + "-" + L.length : L).replace(/[^\\w.]/g, "_") + "-" + n + ":1";
}`;

async function noted(source: string, trace: boolean): Promise<string> {
  using pac = await loadPac(source);
  const { routes } = await pac.resolve('http://x.test/', { trace, dns: {} });
  return routes.join(';').replace(/^PROXY (.*):1$/, '$1');
}

/** Where ours is known to differ, and why. */
const apart: Readonly<Record<string, string>> = {
  'var z=[...[1,2]];': 'our engine calls the iterator of a list, V8 has a shortcut',
  'alert(...["x"]);': 'the same',
  'f.toString();':
    'V8 wrote the method of functions in C++ and that of objects in Torque: the name alone does not tell',
  'o.__proto__;': 'a getter in our engine',
  'Intl.DateTimeFormat();': 'absent in our engine',
};

describe('a run of Chromium that a lookup ends', () => {
  it.each(Object.entries(facts.single).filter(([statement]) => !(statement in apart)))(
    'goes as far as it does in the browser: %s',
    async (statement, expected) => expect(await noted(single(statement), false)).toBe(expected),
  );

  it('differs only where that is known', async () => {
    for (const [statement, why] of Object.entries(apart)) {
      expect(facts.single, why).toHaveProperty([statement]);
      expect(await noted(single(statement), false)).not.toBe(facts.single[statement]);
    }
  });

  it.each([false, true])(
    'leaves what the browser leaves, in random scripts (trace: %s)',
    async (trace) => {
      const differing: unknown[] = [];
      for (const [body, expected] of facts.random.slice(0, trace ? 60 : undefined)) {
        const ours = await noted(random(body), trace);
        if (ours !== expected) differing.push({ body, expected, ours });
      }
      expect(facts.random.length).toBeGreaterThan(200);
      expect(differing).toEqual([]);
    },
    60_000,
  );

  it('is the same in a batch', async () => {
    for (const [body, expected] of facts.random.slice(0, 40)) {
      using pac = await loadPac(random(body));
      const [result] = await pac.resolveMany(['http://x.test/'], { dns: {} });
      expect(result?.routes.join(';').replace(/^PROXY (.*):1$/, '$1')).toBe(expected);
    }
  });
});

it('the steps of the engine can be followed and told apart', async () => {
  const { module, memory } = await startEngine({ now: 0, zone: 'UTC', memory: 1 << 26, memoryRefused: false });
  const runtime = module.newRuntime();
  const context = runtime.newContext();
  const checkpoints = Checkpoints.of(runtime, context, memory);
  expect(checkpoints).not.toBeNull();
  const seen: string[] = [];
  runtime.setInterruptHandler(() => {
    seen.push(checkpoints?.here() ?? '');
    checkpoints?.watch();
    return false;
  });
  checkpoints?.watch();
  context.evalCode('function f() {} f(); if (1 > 2) f = 0; new Date(); for (var x of [1]) ;').dispose();
  expect(seen.slice(0, 5)).toEqual(['implicit call', 'call', 'jump', 'call', 'implicit call']);
});
