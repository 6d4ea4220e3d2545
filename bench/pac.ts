/**
 * Evaluations per second, all in one run on one machine: ours, pac-resolver 9, and node:vm without any sandbox.
 *
 * Run with `npm run bench:pac`. Medians of seven rounds, each with URLs of its own; the rounds of all contestants alternate,
 * so that a busy moment of the machine hits them alike. Single threads are measured in processor time, which other programs
 * do not take away; the two workers by the clock on the wall. "engine alone" is the same script with one global that it
 * changes: nothing is known of such a script beforehand, and every answer comes out of the sandbox. Cold starts are those of
 * the built program (`dist/`).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { createPacResolver } from 'pac-resolver';
import { QuickJS } from 'quickjs-wasi';
import { loadPac } from '../src/pac/index.ts';

const rounds = 7;

const small = `function FindProxyForURL(url, host) {
  if (isPlainHostName(host)) return "DIRECT";
  if (dnsDomainIs(host, ".corp.example")) return "DIRECT";
  if (shExpMatch(host, "*.internal.example")) return "DIRECT";
  if (shExpMatch(url, "http://intranet.*")) return "PROXY intranet.corp.example:8080";
  if (host == "abc.example.com") return "PROXY abc.corp.example:8080";
  return "PROXY proxy.corp.example:8080; DIRECT";
}`;

const corporate = `function FindProxyForURL(url, host) {
${Array.from({ length: 300 }, (_, n) => [`if (dnsDomainIs(host, ".site${n}.example")) return "PROXY p${n % 7}.corp.example:8080";`, `if (shExpMatch(host, "*.app${n}.example.com")) return "DIRECT";`, `if (host == "host${n}.example.com") return "DIRECT";`][n % 3]).join('\n')}
return "PROXY proxy.corp.example:8080; DIRECT";
}`;

const manyHosts = `var direct = { ${Array.from({ length: 5000 }, (_, n) => `"h${n}.example.com": 1`).join(', ')} };
function FindProxyForURL(url, host) {
  if (direct[host] === 1) return "DIRECT";
  if (shExpMatch(host, "*.corp.example")) return "DIRECT";
  return "PROXY proxy.corp.example:8080";
}`;

/** Names, the clock, and patterns that are regular expressions. */
const asking = `function FindProxyForURL(url, host) {
  if (isInNet(host, "10.0.0.0", "255.0.0.0")) return "DIRECT";
  if (/^www1?[0-3]\\./.test(host)) return "PROXY some.corp.example:8080";
  if (shExpMatch(host, "(intranet|wiki).*")) return "DIRECT";
  if (weekdayRange("SAT", "SUN") && dnsDomainIs(host, ".example.com")) return "PROXY weekend.corp.example:8080";
  return "PROXY proxy.corp.example:8080; DIRECT";
}`;

const scripts: Record<string, { source: string; count: number }> = {
  'small (5 rules)': { source: small, count: 10_000 },
  'corporate (300 rules)': { source: corporate, count: 1_000 },
  '5 000 hosts': { source: manyHosts, count: 10_000 },
  'names, clock, patterns': { source: asking, count: 5_000 },
};

/** Every third host is one of 6 000; the others are met once. */
const urlsFor = (count: number, round: number): string[] =>
  Array.from(
    { length: count },
    (_, n) => `https://${n % 3 === 0 ? `h${n % 6000}` : `www${n}.some-host${round}`}.example.com/`,
  );

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

type Contestant = (urls: string[]) => Promise<unknown>;

async function contestants(source: string): Promise<Record<string, Contestant>> {
  const pac = await loadPac(source);
  const traced = await loadPac(source);
  const stateful = await loadPac(
    `var seen = 0;${source.replace('function FindProxyForURL(url, host) {', 'function FindProxyForURL(url, host) { seen = 1;')}`,
  );
  // Names resolve to nothing in both: the network is not what is measured.
  const theirs = createPacResolver(await QuickJS.create(), source, {
    sandbox: { isInNet: async () => Promise.resolve(false) },
  });
  const each =
    (run: (url: string) => unknown): Contestant =>
    async (urls) => {
      for (const url of urls) await run(url);
    };
  const bare = withoutSandbox(source);
  return {
    'pac-resolver 9': each((url) => theirs(url)),
    'paclab resolve': each((url) => pac.resolve(url)),
    'paclab resolve, trace: false': each((url) => pac.resolve(url, { trace: false })),
    'paclab resolve, calls read': each(async (url) => (await traced.resolve(url)).calls.length),
    'paclab resolveMany': (urls) => pac.resolveMany(urls),
    'engine alone, resolve, no calls': each((url) => stateful.resolve(url, { trace: false })),
    'engine alone, resolveMany': (urls) => stateful.resolveMany(urls),
    'node:vm, no sandbox': each((url) => bare(url, new URL(url).hostname)),
  };
}

function withoutSandbox(source: string): (url: string, host: string) => string {
  const context = vm.createContext({
    isPlainHostName: (host: string) => !host.includes('.'),
    isInNet: () => false,
    weekdayRange: () => [0, 6].includes(new Date().getDay()),
    dnsDomainIs: (host: string, domain: string) => host.endsWith(domain),
    shExpMatch: (text: string, pattern: string) =>
      new RegExp(`^${pattern.replace(/\./g, '\\.').replace(/\*/g, '.*').replace(/\?/g, '.')}$`).test(text),
  });
  return vm.runInContext(`${source};FindProxyForURL`, context) as (url: string, host: string) => string;
}

/** Milliseconds of processor time. */
async function cost(run: Contestant, urls: string[]): Promise<number> {
  const before = process.cpuUsage();
  await run(urls);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Both at work at the same time: milliseconds of the slower one. */
async function twoWorkers(source: string, count: number): Promise<number> {
  const times = await Promise.all(
    [0, 1].map(
      () =>
        new Promise<number>((done, fail) => {
          const worker = new Worker(new URL(import.meta.url), { workerData: { source, count: count / 2 } });
          worker.once('message', done).once('error', fail);
        }),
    ),
  );
  return Math.max(...times);
}

const coldRounds = 15;

/** Milliseconds on the wall from nothing to the end of a command of the built program, in turn with a bare start of Node. */
async function coldStarts(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'paclab-bench-'));
  const file = join(folder, 'small.pac');
  writeFileSync(file, small);
  const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
  const one = [program, 'pac', 'eval', file, 'https://a.example/', '--profile'];
  const starts = {
    'node -e 0': ['-e', '0'],
    'pac eval, chromium': [...one, 'chromium'],
    'pac eval, node': [...one, 'node'],
    'pac eval, all clients': one.slice(0, -1),
  };
  const times: Record<string, number[]> = {};
  for (let round = 0; round <= coldRounds; round++) {
    for (const [name, words] of Object.entries(starts)) {
      const started = performance.now();
      await once(spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'inherit'] }), 'exit');
      if (round > 0) (times[name] ??= []).push(performance.now() - started);
    }
  }
  rmSync(folder, { recursive: true });
  const bare = median(times['node -e 0'] ?? []);
  console.log(`\ncold start, median of ${coldRounds}`);
  for (const [name, list] of Object.entries(times))
    console.log(
      `  ${name.padEnd(32)} ${median(list).toFixed(0).padStart(8)} ms  ${(median(list) / bare).toFixed(2).padStart(7)} x node -e 0`,
    );
}

async function main(): Promise<void> {
  await coldStarts();
  for (const [name, { source, count }] of Object.entries(scripts)) {
    const runs = await contestants(source);
    const rates: Record<string, number[]> = {};
    for (let round = 0; round <= rounds; round++) {
      const urls = urlsFor(count, round);
      for (const [who, run] of Object.entries(runs)) {
        const ms = await cost(run, urls);
        if (round > 0) (rates[who] ??= []).push(count / ms);
      }
    }
    const [base, bare] = ['pac-resolver 9', 'node:vm, no sandbox'].map((who) => median(rates[who] ?? []));
    console.log(`\n${name}, ${count} URLs, median of ${rounds}`);
    for (const [who, values] of Object.entries(rates)) report(who, median(values), base ?? 1, bare ?? 1);
    report('paclab resolveMany, 2 workers', count / (await twoWorkers(source, count)), base ?? 1, bare ?? 1);
  }
}

const report = (who: string, rate: number, base: number, bare: number): void =>
  console.log(
    `  ${who.padEnd(32)} ${rate.toFixed(1).padStart(8)} k/s  ${(rate / base).toFixed(2).padStart(6)} x pac-resolver  ${(rate / bare).toFixed(2).padStart(6)} x node:vm`,
  );

if (isMainThread) await main();
else {
  const { source, count } = workerData as { source: string; count: number };
  const pac = await loadPac(source);
  const times: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const urls = urlsFor(count, round);
    const started = performance.now();
    await pac.resolveMany(urls);
    if (round > 0) times.push(performance.now() - started);
  }
  parentPort?.postMessage(median(times));
}
