/**
 * The machine of a client: a network namespace with its address, name server and files, and a cable to the namespace of
 * this process, where the lab has the story's addresses. So silence is silence and a closed port is a closed port.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

import { LabError } from '../failure.ts';
import { within } from './limit.ts';
import { output, start } from './program.ts';
import type { Environment, Running } from './program.ts';

export interface MachineWish {
  /** IPv4, as in the story. */
  address: string;
  ipv6?: string | undefined;
  dns: string;
  search: readonly string[];
  /** Machines of one lab are counted, from 0. */
  number: number;
  env: Environment;
}

export interface Machine extends AsyncDisposable {
  /** A folder of its own, which goes with it. */
  readonly folder: string;
  /** Starts a program on it. */
  start(command: readonly string[], pipes?: number): Running;
  /** Another address; null leaves it as it is. */
  move(address: string | null, dns: string, search: readonly string[]): Promise<void>;
}

/** Addresses of the cable itself; RFC 6890 gives 198.18.0.0/15 to benchmarks, and no story uses it. */
const gateway = '198.18.255.1';
const gateway6 = 'fe80::1';

/** Puts its files in place, says so, and lasts as long as somebody holds its input. */
const holder = (folder: string): string =>
  [
    `for f in resolv.conf hosts nsswitch.conf; do [ -e /etc/$f ] && mount --bind '${folder}'/etc/$f /etc/$f; done`,
    `[ -d /etc/chromium ] && mount --bind '${folder}'/etc/chromium /etc/chromium`,
    // Addresses that appear by themselves, some seconds later, are changes of the network to a browser.
    'cd /proc/sys/net/ipv6/conf/default && echo 1 > addr_gen_mode && echo 0 > accept_dad',
    'echo ready; read line',
  ].join('; ');

/** Throws LabError where namespaces are not to be had. */
export async function machineFor(wish: MachineWish): Promise<Machine> {
  const { address, ipv6, number, env } = wish;
  const folder = await mkdtemp(join(tmpdir(), 'paclab-browser-'));
  const cable = `client${number}`;
  let held: Running | undefined;
  const drop = async (): Promise<void> => {
    // The kernel takes the cable away some time after the namespace.
    if (held) await ip([`link delete ${cable}`], [], env).catch(() => undefined);
    await held?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    await writeFiles(folder, wish);
    held = start(['unshare', '--net', '--mount', 'sh', '-c', holder(folder)], env);
    await within(5000, 'the namespace of the client', ready(held));
    const pid = held.child.pid ?? 0;
    const inside = ['nsenter', `--net=/proc/${pid}/ns/net`, `--mount=/proc/${pid}/ns/mnt`];
    const cables = [
      `link add ${cable} type veth peer name eth0 netns ${pid}`,
      `link set ${cable} up`,
      `address add ${gateway}/32 dev ${cable}`,
    ];
    await ip([...cables, ...routesTo(address, ipv6, cable)], [], env);
    await ip(['link set lo up', 'link set eth0 up', ...own(address), ...own6(ipv6)], inside, env);
    return {
      folder,
      start: (command, pipes) => start([...inside, ...command], { ...env, HOME: folder }, pipes),
      async move(next, dns, search) {
        await writeFile(join(folder, 'etc', 'resolv.conf'), resolvConf({ dns, search }));
        if (next === null) return;
        await ip(routesTo(next, undefined, cable), [], env);
        await ip(['address flush dev eth0 scope global', ...own(next)], inside, env);
      },
      [Symbol.asyncDispose]: drop,
    };
  } catch (error) {
    await drop();
    throw error;
  }
}

const routesTo = (address: string, ipv6: string | undefined, cable: string): string[] => [
  `route replace ${address}/32 dev ${cable}`,
  ...(ipv6 === undefined
    ? []
    : [`address replace ${gateway6}/64 dev ${cable} nodad`, `route replace ${ipv6}/128 dev ${cable}`]),
];

const own = (address: string): string[] => [
  `address add ${address}/32 dev eth0`,
  `route replace default via ${gateway} dev eth0 src ${address} onlink`,
];

const own6 = (address: string | undefined): string[] =>
  address === undefined
    ? []
    : [`address add ${address}/128 dev eth0 nodad`, `route add default via ${gateway6} dev eth0 onlink`];

/** Commands of iproute2, all of them or an error. */
export async function ip(commands: readonly string[], inside: readonly string[], env: Environment): Promise<void> {
  if (commands.length > 0) await output([...inside, 'ip', '-batch', '-'], env, `${commands.join('\n')}\n`);
}

const resolvConf = ({ dns, search }: Pick<MachineWish, 'dns' | 'search'>): string =>
  `nameserver ${dns}\n${search.length > 0 ? `search ${search.join(' ')}\n` : ''}`;

async function writeFiles(folder: string, wish: MachineWish): Promise<void> {
  const etc = join(folder, 'etc');
  await mkdir(join(etc, 'chromium', 'policies', 'managed'), { recursive: true });
  await writeFile(join(etc, 'resolv.conf'), resolvConf(wish));
  await writeFile(join(etc, 'hosts'), `127.0.0.1 localhost ${hostname()}\n::1 localhost\n`);
  await writeFile(join(etc, 'nsswitch.conf'), 'passwd: files\ngroup: files\nhosts: files dns\n');
}

function ready(held: Running): Promise<void> {
  return new Promise((resolve, reject) => {
    held.child.stdout?.once('data', () => resolve());
    void held.ended.then(() => reject(new LabError(`cannot make a namespace for the client: ${held.said()}`)));
  });
}
