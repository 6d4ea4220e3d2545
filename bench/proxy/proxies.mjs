/** The proxies under test: how each is started and stopped. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** `options` go to `subject.mjs` as they are. */
export function makersOf(options) {
  const folder = mkdtempSync(join(tmpdir(), 'paclab-bench-'));
  const children = new Set();
  const begin = (command, args, stdio) => {
    const child = spawn(command, args, { stdio });
    children.add(child);
    return child;
  };
  const node = (name) => async () => {
    const stderr = name.startsWith('paclab') ? 'inherit' : 'ignore';
    const args = [join(import.meta.dirname, 'subject.mjs'), name, JSON.stringify(options)];
    const child = begin(process.execPath, args, ['ignore', 'pipe', stderr]);
    const [line] = await once(createInterface(child.stdout), 'line');
    const { port, error } = JSON.parse(line);
    return error ? { name, missing: error } : { name, child, pid: child.pid, port };
  };
  const program = (name, args, config) => async () => {
    if (spawnSync('which', [name]).status !== 0) return { name, missing: 'not installed' };
    const port = await freePort();
    const file = join(folder, `${name}-${port}.conf`);
    writeFileSync(file, config(port, folder));
    const child = begin(name, args(file), 'ignore');
    return (await listening(port)) ? { name, child, pid: child.pid, port } : { name, missing: 'it does not listen' };
  };
  const stop = ({ child }) => {
    child.kill('SIGKILL');
    children.delete(child);
  };
  return {
    makers: {
      ...Object.fromEntries(
        [
          'paclab',
          'paclab-trace',
          'paclab-bytes',
          'paclab-inspect',
          'paclab-inspect-trace',
          'proxy-chain',
          'mockttp',
        ].map((name) => [name, node(name)]),
      ),
      squid: program('squid', (file) => ['-N', '-f', file], squidConfig),
      tinyproxy: program('tinyproxy', (file) => ['-d', '-c', file], tinyproxyConfig),
    },
    stop,
    stopAll() {
      for (const child of children) child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const squidConfig = (port, folder) =>
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
    `pid_filename ${join(folder, `squid-${port}.pid`)}`,
    `coredump_dir ${folder}`,
    'shutdown_lifetime 0 seconds',
    'pinger_enable off',
    'max_filedescriptors 30000',
    '',
  ].join('\n');

const tinyproxyConfig = (port) =>
  [`Port ${port}`, 'Listen 127.0.0.1', 'Timeout 600', 'MaxClients 20000', 'LogLevel Critical', ''].join('\n');

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

async function listening(port) {
  for (let turn = 0; turn < 100; turn += 1) {
    const socket = connect(port, '127.0.0.1');
    const stands = await new Promise((done) =>
      socket.once('connect', () => done(true)).once('error', () => done(false)),
    );
    socket.destroy();
    if (stands) return true;
    await new Promise((done) => setTimeout(done, 100));
  }
  return false;
}
