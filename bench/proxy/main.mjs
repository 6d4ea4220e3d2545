/**
 * The proxy beside others, on this machine: `npm run bench:proxy -- [--rounds 5] [--seconds 1] [--idle 10000]
 * [--only NAME,NAME] [--modules DIR] [--dist DIR]`. Every round visits all proxies in turn, each in a process of its
 * own; medians are printed, and the ratio to ours. Rates depend on what else the machine does; CPU time per operation
 * is the steady figure. squid, tinyproxy, proxy-chain and mockttp take part when they are installed (the last two in
 * DIR/node_modules). Two descriptors a tunnel: 10 000 idle ones want `ulimit -n 20200`; fewer stand where that is less.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

import { bulkMany, bulkOne, idleMemory, intercepted, plainGets, startOrigins, tunnels } from './load.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '1' },
    idle: { type: 'string', default: '10000' },
    only: { type: 'string' },
    modules: { type: 'string' },
    dist: { type: 'string', default: join(import.meta.dirname, '..', '..', 'dist') },
  },
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);
const folder = mkdtempSync(join(tmpdir(), 'paclab-bench-'));
const children = [];

const dist = resolve(values.dist);
const { createPki } = await import(pathToFileURL(join(dist, 'net/certificates.js')).href);
const { Activity } = await import(pathToFileURL(join(dist, 'activity.js')).href);
const pki = createPki({ date: () => Date.now(), activity: new Activity() });
const leaf = await pki.leaf({ names: ['127.0.0.1'], authority: 'bench-ca' });
const authority = (await pki.authority('bench-ca')).pem;
const origins = await startOrigins({ cert: leaf.chainPem, key: leaf.keyPem });

const options = JSON.stringify({ dist, authority, ...(values.modules && { modules: resolve(values.modules) }) });

async function node(name) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'subject.mjs'), name, options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [line] = await once(createInterface(child.stdout), 'line');
  const { port, error } = JSON.parse(line);
  return error ? { name, missing: error } : { name, pid: child.pid, port };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

const installed = (program) => spawnSync('which', [program]).status === 0;

async function program(name, args, config) {
  if (!installed(name)) return { name, missing: 'not installed' };
  const port = await freePort();
  const file = join(folder, `${name}.conf`);
  writeFileSync(file, config(port));
  const child = spawn(name, args(file), { stdio: 'ignore' });
  children.push(child);
  await listening(port);
  return { name, pid: child.pid, port };
}

async function listening(port) {
  for (let turn = 0; turn < 100; turn += 1) {
    const { connect } = await import('node:net');
    const socket = connect(port, '127.0.0.1');
    const stands = await new Promise((done) =>
      socket.once('connect', () => done(true)).once('error', () => done(false)),
    );
    socket.destroy();
    if (stands) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`nothing listens on ${port}`);
}

const squid = () =>
  program(
    'squid',
    (file) => ['-N', '-f', file],
    (port) =>
      [
        `http_port 127.0.0.1:${port}`,
        'acl all_of_them src all',
        'http_access allow all_of_them',
        'cache deny all',
        'cache_mem 8 MB',
        'memory_pools off',
        'access_log none',
        'cache_store_log none',
        `cache_log ${join(folder, 'squid.log')}`,
        `pid_filename ${join(folder, 'squid.pid')}`,
        `coredump_dir ${folder}`,
        'shutdown_lifetime 0 seconds',
        'pinger_enable off',
        'max_filedescriptors 30000',
        '',
      ].join('\n'),
  );

const tinyproxy = () =>
  program(
    'tinyproxy',
    (file) => ['-d', '-c', file],
    (port) =>
      [`Port ${port}`, 'Listen 127.0.0.1', 'Timeout 600', 'MaxClients 20000', 'LogLevel Critical', ''].join('\n'),
  );

const makers = {
  paclab: () => node('paclab'),
  'paclab-trace': () => node('paclab-trace'),
  'paclab-bytes': () => node('paclab-bytes'),
  'paclab-inspect': () => node('paclab-inspect'),
  'proxy-chain': () => node('proxy-chain'),
  mockttp: () => node('mockttp'),
  squid,
  tinyproxy,
};

const tests = [
  { title: 'GET', unit: 'GET/s', run: plainGets, not: ['paclab-inspect'] },
  { title: 'tunnels', unit: 'tunnels/s', run: tunnels, not: ['paclab-inspect'] },
  { title: 'intercepted', unit: 'GET/s', run: intercepted, only: ['paclab-inspect', 'mockttp'] },
  { title: 'one tunnel', unit: 'MB/s', run: bulkOne, not: ['paclab-inspect'] },
  { title: '64 tunnels', unit: 'MB/s', run: bulkMany, not: ['paclab-inspect'] },
];

const print = (line) => process.stdout.write(`${line}\n`);
const median = (numbers) => numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)];
const takesPart = ({ not = [], only }, name) => !not.includes(name) && (!only || only.includes(name));
const row = (cells) => print(cells.map((cell, index) => (index === 0 ? cell.padEnd(16) : cell.padStart(13))).join(''));
const shown = (number) => (number >= 100 ? Math.round(number).toLocaleString('en') : number.toFixed(1));

function printTest({ title, unit }, results, baseline) {
  print(`\n${title}`);
  row(['', unit, 'spread', 'CPU µs each', 'CPU ratio']);
  const reference = median(results.get(baseline)?.map(({ cost }) => cost) ?? [Number.NaN]);
  for (const [name, list] of results) {
    const rates = list.map(({ rate }) => rate);
    const cost = median(list.map((result) => result.cost));
    const spread = `${Math.round(((Math.max(...rates) - Math.min(...rates)) / median(rates)) * 100)} %`;
    row([name, shown(median(rates)), spread, shown(cost), (cost / reference).toFixed(2)]);
  }
}

try {
  const chosen = values.only?.split(',') ?? Object.keys(makers);
  const subjects = [];
  for (const name of chosen) {
    const subject = await makers[name]();
    if (subject.missing) print(`${name}: ${subject.missing}`);
    else subjects.push(subject);
  }
  print(`Node ${process.version}, ${rounds} rounds of ${seconds} s, medians; load ${loadavg()[0].toFixed(1)}`);
  for (const test of tests) {
    const results = new Map();
    // One round more, which warms up and is not counted: compilers want some thousand operations.
    for (let round = 0; round <= rounds; round += 1) {
      for (const subject of subjects.filter(({ name }) => takesPart(test, name))) {
        const result = await test.run(subject, origins, round > 0 ? seconds : Math.max(seconds, 2));
        if (round > 0) results.set(subject.name, [...(results.get(subject.name) ?? []), result]);
      }
    }
    if (results.size > 0) printTest(test, results, results.has('paclab') ? 'paclab' : 'paclab-inspect');
  }
  const limit = Number(/Max open files\s+(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? 1024);
  const idle = Math.min(Number(values.idle), Math.floor((limit - 200) / 200) * 100);
  print(`\nidle tunnels (${idle}; ${limit} descriptors a process)`);
  row(['', 'standing', 'KiB each', 'RSS MiB']);
  for (const subject of subjects.filter(({ name }) => !['paclab-inspect', 'paclab-bytes'].includes(name))) {
    const { standing, each, total } = await idleMemory(subject, origins, idle);
    row([subject.name, String(standing), shown(each), shown(total / 1024)]);
  }
} finally {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);
