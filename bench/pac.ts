/**
 * Evaluations per second, all in one run on one machine: ours, pac-resolver 9, and node:vm without any sandbox.
 *
 * Run with `npm run bench:pac`. Medians of seven rounds; the rounds of all contestants alternate, so that a busy moment of
 * the machine hits them alike. `resolve` is shown with and without gathering helper calls.
 */
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

const scripts: Record<string, { source: string; count: number }> = {
  'small (5 rules)': { source: small, count: 10_000 },
  'corporate (300 rules)': { source: corporate, count: 1_000 },
  '5 000 hosts': { source: manyHosts, count: 10_000 },
};

const urlsFor = (count: number): string[] =>
  Array.from({ length: count }, (_, n) => `https://${n % 3 === 0 ? `h${n % 6000}` : `www${n}.some-host`}.example.com/`);

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

async function contestants(source: string): Promise<Record<string, (urls: string[]) => Promise<unknown>>> {
  const pac = await loadPac(source);
  const qjs = await QuickJS.create();
  const theirs = createPacResolver(qjs, source);
  const context = vm.createContext({
    isPlainHostName: (host: string) => !host.includes('.'),
    dnsDomainIs: (host: string, domain: string) => host.endsWith(domain),
    shExpMatch: (text: string, pattern: string) =>
      new RegExp(`^${pattern.replace(/\./g, '\\.').replace(/\*/g, '.*').replace(/\?/g, '.')}$`).test(text),
  });
  const bare = vm.runInContext(`${source};FindProxyForURL`, context) as (url: string, host: string) => string;
  const each = (run: (url: string) => unknown) => async (urls: string[]) => {
    for (const url of urls) await run(url);
  };
  return {
    'pac-resolver 9': each((url) => theirs(url)),
    'paclab resolve, with calls': each((url) => pac.resolve(url)),
    'paclab resolve, no calls': each((url) => pac.resolve(url, { trace: false })),
    'paclab resolveMany': (urls) => pac.resolveMany(urls),
    'node:vm, no sandbox': each((url) => bare(url, new URL(url).hostname)),
  };
}

async function twoWorkers(source: string, urls: string[]): Promise<number> {
  const started = performance.now();
  const halves = [urls.slice(0, urls.length / 2), urls.slice(urls.length / 2)];
  const times = await Promise.all(
    halves.map(
      (half) =>
        new Promise<number>((done, fail) => {
          const worker = new Worker(new URL(import.meta.url), { workerData: { source, urls: half } });
          worker.once('message', done).once('error', fail);
        }),
    ),
  );
  void started;
  return Math.max(...times);
}

async function main(): Promise<void> {
  for (const [name, { source, count }] of Object.entries(scripts)) {
    const urls = urlsFor(count);
    const runs = await contestants(source);
    const rates: Record<string, number[]> = {};
    for (let round = 0; round <= rounds; round++) {
      for (const [who, run] of Object.entries(runs)) {
        const started = performance.now();
        await run(urls);
        if (round > 0) (rates[who] ??= []).push(count / (performance.now() - started));
      }
    }
    const base = median(rates['pac-resolver 9'] ?? []);
    console.log(`\n${name}, ${count} URLs, median of ${rounds}`);
    for (const [who, values] of Object.entries(rates)) report(who, median(values), base);
    report('paclab resolveMany, 2 workers', count / (await twoWorkers(source, urls)), base);
  }
}

const report = (who: string, rate: number, base: number): void =>
  console.log(`  ${who.padEnd(32)} ${rate.toFixed(1).padStart(8)} k/s  ${(rate / base).toFixed(2)} x pac-resolver`);

if (isMainThread) await main();
else {
  const { source, urls } = workerData as { source: string; urls: string[] };
  const pac = await loadPac(source);
  await pac.resolveMany(urls);
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const started = performance.now();
    await pac.resolveMany(urls);
    times.push(performance.now() - started);
  }
  parentPort?.postMessage(median(times));
}
