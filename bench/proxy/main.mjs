/**
 * The proxy beside others, on this machine: `npm run bench:proxy -- [--rounds 5] [--seconds 0.5] [--idle 10000]
 * [--only NAME,NAME] [--columns GET,tunnels,…] [--modules DIR] [--dist DIR]`; about four minutes. Every round visits all
 * proxies in turn, each in a process of its own, a fresh one for each column. Rates depend on what else the machine does; CPU time per operation is
 * the steadier figure, and its lowest value the steadiest: the goals are judged by that. squid, tinyproxy, proxy-chain
 * and mockttp take part when they are installed (the last two in DIR/node_modules).
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

import { bulkMany, bulkOne, idleMemory, intercepted, plainGets, startOrigins, tunnels } from './load.mjs';
import { makersOf } from './proxies.mjs';
import { goalsOf, print, printIdle, printTest } from './table.mjs';

/** Two descriptors a tunnel, in the proxy and here: as many as this user may have. */
const raised = 'PACLAB_BENCH_RAISED';
if (!process.env[raised]) {
  const more = 'ulimit -n 65536 2>/dev/null || ulimit -n "$(ulimit -Hn)"; exec "$0" "$@"';
  const again = ['-c', more, process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  process.exit(spawnSync('sh', again, { stdio: 'inherit', env: { ...process.env, [raised]: '1' } }).status ?? 1);
}

const root = join(import.meta.dirname, '..', '..');
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '0.5' },
    idle: { type: 'string', default: '10000' },
    only: { type: 'string' },
    columns: { type: 'string' },
    modules: { type: 'string' },
    dist: { type: 'string', default: join(root, 'dist') },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  print(
    readFileSync(import.meta.filename, 'utf8')
      .split('*/')[0]
      .replace(/^\/?\*+ ?| \* ?/gm, ''),
  );
  process.exit(0);
}
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);
const warmUp = 1.5;

const dist = resolve(values.dist);
if (!existsSync(dist)) throw new Error(`${dist} is missing: npm run build, or --dist`);
const ours = (file) => import(pathToFileURL(join(dist, file)).href);
const { createPki } = await ours('net/certificates.js');
const { Activity } = await ours('activity.js');
const pki = createPki({ date: () => Date.now(), activity: new Activity() });
const leaf = await pki.leaf({ names: ['127.0.0.1'], authority: 'bench-ca' });
const authority = (await pki.authority('bench-ca')).pem;
const origins = await startOrigins({ cert: leaf.chainPem, key: leaf.keyPem });
const { makers, stop, stopAll } = makersOf({
  dist,
  authority,
  // Peers are looked for beside the repository's own modules too.
  ...(values.modules && { modules: resolve(values.modules.replace(/\/node_modules\/?$/, '')) }),
});

const inspecting = ['paclab-inspect', 'paclab-inspect-trace'];
const tests = [
  { title: 'GET', unit: 'GET/s', run: plainGets, not: inspecting },
  { title: 'tunnels', unit: 'tunnels/s', run: tunnels, not: inspecting },
  { title: 'intercepted', unit: 'GET/s', run: intercepted, only: [...inspecting, 'mockttp'] },
  { title: 'one tunnel', unit: 'MB/s', run: bulkOne, not: inspecting },
  { title: '64 tunnels', unit: 'MB/s', run: bulkMany, not: inspecting },
];
const takesPart = ({ not = [], only }, name) => !not.includes(name) && (!only || only.includes(name));
const wanted = (title) => values.columns?.split(',').includes(title) ?? true;

/** What one new leaf costs, its TLS context with it, in milliseconds: the lowest and the median of many. */
async function newLeaves() {
  const { createSecureContext } = await import('node:tls');
  const times = [];
  for (let index = 0; index < 200; index += 1) {
    const begun = performance.now();
    const { chainPem, keyPem } = await pki.leaf({ names: [`host${index}.bench.example`], authority: 'bench-ca' });
    createSecureContext({ cert: chainPem, key: keyPem });
    times.push(performance.now() - begun);
  }
  times.sort((one, other) => one - other);
  return { lowest: times[0], median: times[100] };
}

const told = new Set();

async function started(name) {
  const subject = await makers[name]();
  if (subject.missing && !told.has(name)) print(`${name} takes no part: ${subject.missing}`);
  told.add(name);
  return subject.missing ? undefined : subject;
}

/** In fresh processes: what ran before decides how compilers and collectors of garbage see what comes. */
async function column(test, names) {
  const results = new Map();
  const subjects = (await Promise.all(names.map(started))).filter(Boolean);
  // One round more, which warms up and is not counted: compilers want some thousand operations.
  for (let round = 0; round <= rounds; round += 1) {
    // To and fro: who comes after whom makes a difference.
    for (const subject of round % 2 === 0 ? subjects : subjects.toReversed()) {
      const result = await test.run(subject, origins, round > 0 ? seconds : warmUp);
      if (round > 0) results.set(subject.name, [...(results.get(subject.name) ?? []), result]);
    }
  }
  for (const subject of subjects) stop(subject);
  return results;
}

/** Fresh processes here too: what was freed before would hide what is taken. */
async function idle(names) {
  const limit = Number(/Max open files\s+(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? 1024);
  const count = Math.min(Number(values.idle), Math.floor((limit - 200) / 200) * 100);
  print(`\nidle tunnels: ${count}`);
  if (count < Number(values.idle)) print(`(${limit} descriptors a process is all that this user may have)`);
  const results = new Map();
  for (const name of names) {
    const subject = await started(name);
    if (!subject) continue;
    results.set(name, await idleMemory(subject, origins, count));
    stop(subject);
  }
  printIdle(results);
  return results;
}

let status = 0;
try {
  const chosen = values.only?.split(',') ?? Object.keys(makers);
  print(`Node ${process.version}, ${rounds} rounds of ${seconds} s; load ${loadavg()[0].toFixed(1)}`);
  const all = new Map();
  for (const test of tests.filter(({ title }) => wanted(title))) {
    const results = await column(
      test,
      chosen.filter((name) => takesPart(test, name)),
    );
    if (results.size === 0) continue;
    printTest(test, results);
    all.set(test.title, results);
  }
  const memory = wanted('idle')
    ? await idle(chosen.filter((name) => !inspecting.includes(name) && name !== 'paclab-bytes'))
    : undefined;
  const leaves = wanted('leaf') ? await newLeaves() : undefined;
  if (leaves)
    print(`\na new leaf and its context: ${leaves.lowest.toFixed(2)} ms, median ${leaves.median.toFixed(2)} ms`);
  print('\ngoals');
  for (const { says, reached } of goalsOf(all, memory, leaves)) print(`${reached ? 'reached' : 'MISSED '}  ${says}`);
  print(`load ${loadavg()[0].toFixed(1)}`);
} catch (error) {
  print(error.stack);
  status = 1;
} finally {
  stopAll();
}
process.exit(status);
