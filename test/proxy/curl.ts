/** Real curl on the machine's own clock and date. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { test } from 'vitest';

import { Activity } from '../../src/activity.ts';
import { seededChance } from '../../src/chance.ts';
import { realClock } from '../../src/clock.ts';
import { createFirewall, firewallSpec } from '../../src/net/firewall.ts';
import { LoopbackNet } from '../../src/net/loopback.ts';
import { acceptTls } from '../../src/net/tls.ts';
import { Trace } from '../../src/trace/trace.ts';
import { host } from '../kit/world.ts';
import type { World } from '../kit/world.ts';
import { originIp, startProxyLab } from './lab.ts';
import type { ProxyLab } from './lab.ts';

const curl = '/usr/bin/curl';
export const withCurl = test.skipIf(!existsSync(curl));
if (!existsSync(curl)) process.stderr.write('\nSKIPPED: curl is not installed; it was not sent through the proxy\n');

export function realWorld(): World {
  const activity = new Activity();
  const clock = realClock();
  const trace = new Trace(() => clock.now());
  const net = new LoopbackNet({
    clock,
    activity,
    chance: seededChance(1),
    firewall: createFirewall(firewallSpec.parse({}), () => []),
    tap: { bytes: false, pen: trace.pen('net') },
  });
  const dispose = async (): Promise<void> => {
    await net[Symbol.asyncDispose]();
    clock[Symbol.dispose]();
  };
  return { clock, activity, trace, net, [Symbol.asyncDispose]: dispose };
}

interface CurlResult {
  exit: number;
  out: string;
  /** The codes of the proxy's answer to CONNECT and of the last answer. */
  codes: string;
}

/** Runs curl through the proxy; exit code, body, and both status codes. */
export function run({ proxy }: ProxyLab, ...args: string[]): Promise<CurlResult> {
  const always = [
    '-q',
    '-sS',
    '--max-time',
    '10',
    '-x',
    `http://${proxy.real.host}:${proxy.real.port}`,
    '--noproxy',
    '',
  ];
  const report = ['-w', '\n%{http_connect} %{http_code}'];
  return new Promise((resolve) => {
    execFile(curl, [...always, ...report, ...args], { env: {} }, (error, stdout) => {
      const end = stdout.lastIndexOf('\n');
      resolve({ exit: Number(error?.code ?? 0), out: stdout.slice(0, end), codes: stdout.slice(end + 1) });
    });
  });
}

export const start = (spec: Record<string, unknown>): Promise<ProxyLab> => startProxyLab(spec, { world: realWorld() });

export async function secureOrigin(lab: ProxyLab): Promise<void> {
  const leaf = await lab.pki.leaf({ names: ['app.test'], authority: 'public-ca' });
  await lab.world.net.listen(host(originIp, 'origin'), 443, (connection) => {
    void acceptTls(connection, { leaf }, lab.tools).then((accepted) => {
      if (!accepted.ok) return;
      const { stream } = accepted.value;
      stream.once('data', () => stream.end('HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\nsecured'));
    });
  });
}

export async function withAuthority(lab: ProxyLab, name: string, use: (file: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'paclab-'));
  try {
    const file = join(folder, `${name}.pem`);
    await writeFile(file, (await lab.pki.authority(name)).pem);
    await use(file);
  } finally {
    await rm(folder, { recursive: true });
  }
}
