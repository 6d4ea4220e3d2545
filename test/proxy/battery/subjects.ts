/** The proxies of the battery: ours, and squid and tinyproxy where they are installed. */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Activity } from '../../../src/activity.ts';
import { seededChance } from '../../../src/chance.ts';
import { realClock } from '../../../src/clock.ts';
import { fail, ok } from '../../../src/failure.ts';
import { createPki } from '../../../src/net/certificates.ts';
import { Connection } from '../../../src/net/connection.ts';
import { createFirewall, firewallSpec } from '../../../src/net/firewall.ts';
import { LoopbackNet } from '../../../src/net/loopback.ts';
import type { Net } from '../../../src/net/net.ts';
import { proxySpec, startProxy } from '../../../src/proxy/index.ts';
import { Trace } from '../../../src/trace/trace.ts';
import { dial, freePort } from './wire.ts';

/** A proxy that lets everything pass, and one that asks for the password of `me`. */
export interface Subject extends AsyncDisposable {
  name: string;
  version: string;
  port: number;
  guarded: number;
}

export const subjectNames = ['paclab', 'squid', 'tinyproxy'] as const;
export type SubjectName = (typeof subjectNames)[number];

/** Undefined when the program is not installed. */
export function startSubject(name: SubjectName): Promise<Subject | undefined> {
  return name === 'paclab' ? ours() : theirs(name);
}

const password = 'secret';

async function ours(): Promise<Subject> {
  const world = openWorld();
  const started = [
    await listenIn(world, 8080, {}),
    await listenIn(world, 8081, { behaviour: 'challenge', accounts: { me: password } }),
  ] as const;
  return {
    name: 'paclab',
    version: '',
    port: started[0].real.port,
    guarded: started[1].real.port,
    async [Symbol.asyncDispose]() {
      for (const proxy of started) await proxy[Symbol.asyncDispose]();
      await world.net[Symbol.asyncDispose]();
      world.clock[Symbol.dispose]();
    },
  };
}

function openWorld() {
  const activity = new Activity();
  const clock = realClock();
  const trace = new Trace(() => clock.now());
  const tap = { bytes: false, pen: trace.pen('net') };
  const firewall = createFirewall(firewallSpec.parse({}), () => []);
  const net = new LoopbackNet({ clock, activity, chance: seededChance(1), firewall, tap });
  return { activity, clock, trace, tap, net };
}

type Opened = ReturnType<typeof openWorld>;

const listenIn = ({ net, tap, ...tools }: Opened, port: number, spec: object) =>
  startProxy('battery', proxySpec.parse({ listen: `battery.test:${port}`, ...spec }), {
    ...tools,
    net: outward(net, tap),
    host: { name: 'battery', owner: 'proxy:battery', ip: '10.20.0.8' },
    port,
    chance: seededChance(1),
    pen: tools.trace.pen('proxy:battery'),
    pki: createPki({ date: () => tools.clock.date(), activity: tools.activity }),
    resolve: (name) => Promise.resolve(ok([name === 'localhost' ? '127.0.0.1' : name])),
  });

/** The lab's net, except that it dials real places, as the others do. */
function outward(net: LoopbackNet, tap: Opened['tap']): Net {
  let last = 1_000_000;
  const dialOut: Net['dial'] = (host, to) =>
    new Promise((resolve) => {
      last += 1;
      const ends = { local: `${host.ip}:1`, remote: `${to.ip}:${to.port}`, sends: 'up' as const };
      const init = { id: last, ...ends, owner: host.owner, tap };
      const connection = Connection.dialled({ host: to.ip, port: to.port }, init);
      connection.once('error', (error) => resolve(fail('tcp.refused', error.message)));
      connection.once('connect', () => resolve(ok(connection)));
    });
  return new Proxy(net, {
    get(target, key) {
      if (key === 'dial') return dialOut;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

interface Program {
  version: () => string;
  /** The configuration for a port in a folder, with or without a password. */
  config: (port: number, folder: string, guarded: boolean) => string;
  args: (file: string) => string[];
}

const first = (program: string, flag: string, pattern: RegExp): string =>
  pattern.exec(spawnSync(program, [flag], { encoding: 'utf8' }).stdout ?? '')?.[1] ?? '';

const programs: Record<'squid' | 'tinyproxy', Program> = {
  squid: {
    version: () => first('squid', '-v', /Version (\S+)/),
    args: (file) => ['-N', '-f', file],
    config: (port, folder, guarded) =>
      [
        `http_port 127.0.0.1:${port}`,
        ...(guarded
          ? [
              `auth_param basic program ${join(folder, 'helper.sh')}`,
              'auth_param basic realm battery',
              'acl known proxy_auth REQUIRED',
              'http_access allow known',
            ]
          : ['http_access allow all']),
        'cache deny all',
        'cache_mem 8 MB',
        'access_log none',
        'cache_store_log none',
        `cache_log ${join(folder, 'log')}`,
        `pid_filename ${join(folder, `pid-${port}`)}`,
        `coredump_dir ${folder}`,
        'shutdown_lifetime 0 seconds',
        'pinger_enable off',
        'max_filedescriptors 1024',
        '',
      ].join('\n'),
  },
  tinyproxy: {
    version: () => first('tinyproxy', '-v', /tinyproxy (\S+)/),
    args: (file) => ['-d', '-c', file],
    config: (port, _folder, guarded) =>
      [
        `Port ${port}`,
        'Listen 127.0.0.1',
        'Timeout 600',
        'MaxClients 100',
        'LogLevel Critical',
        ...(guarded ? [`BasicAuth me ${password}`] : []),
        '',
      ].join('\n'),
  },
};

async function theirs(name: 'squid' | 'tinyproxy'): Promise<Subject | undefined> {
  const { version, config, args } = programs[name];
  if (version() === '') return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'paclab-battery-'));
  // squid gives up its rights, and must still write here.
  await chmod(folder, 0o777);
  await writeFile(join(folder, 'helper.sh'), helper, { mode: 0o755 });
  const children: ChildProcess[] = [];
  const start = async (guarded: boolean): Promise<number> => {
    for (let again = 2; ; again--) {
      const port = await freePort();
      const file = join(folder, `${port}.conf`);
      await writeFile(file, config(port, folder, guarded));
      const child = spawn(name, args(file), { stdio: 'ignore' });
      children.push(child);
      // Somebody else may have taken the port meanwhile: then it has ended.
      if (await standing(port, child)) return port;
      if (again === 0) throw new Error(`${name} does not listen on port ${port}`);
    }
  };
  const ports = [await start(false), await start(true)] as const;
  return {
    name,
    version: version(),
    port: ports[0],
    guarded: ports[1],
    async [Symbol.asyncDispose]() {
      await Promise.all(children.map(ended));
      await rm(folder, { recursive: true });
    },
  };
}

/** Takes one password; what squid asks its helpers is a user and a password on one line. */
const helper = `#!/bin/sh
while read -r line; do
  if [ "$line" = "me ${password}" ]; then echo OK; else echo ERR; fi
done
`;

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

/** Whether it listens, and has not ended. */
async function standing(port: number, child: ChildProcess): Promise<boolean> {
  for (let attempt = 0; attempt < 600 && child.exitCode === null; attempt += 1) {
    const side = await dial(port).catch(() => undefined);
    side?.socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (side) return child.exitCode === null;
  }
  return false;
}
