/** Real curl on the machine's own clock and date. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

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
const withCurl = test.skipIf(!existsSync(curl));

function realWorld(): World {
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
function run({ proxy }: ProxyLab, ...args: string[]): Promise<CurlResult> {
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

const start = (spec: Record<string, unknown>): Promise<ProxyLab> => startProxyLab(spec, { world: realWorld() });

async function secureOrigin(lab: ProxyLab): Promise<void> {
  const leaf = await lab.pki.leaf({ names: ['app.test'], authority: 'public-ca' });
  await lab.world.net.listen(host(originIp, 'origin'), 443, (connection) => {
    void acceptTls(connection, { leaf }, lab.tools).then((accepted) => {
      if (!accepted.ok) return;
      const { stream } = accepted.value;
      stream.once('data', () => stream.end('HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\nsecured'));
    });
  });
}

async function withAuthority(lab: ProxyLab, name: string, use: (file: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'paclab-'));
  try {
    const file = join(folder, `${name}.pem`);
    await writeFile(file, (await lab.pki.authority(name)).pem);
    await use(file);
  } finally {
    await rm(folder, { recursive: true });
  }
}

withCurl('curl gets a page through a healthy proxy, plain and in a tunnel', async () => {
  await using lab = await start({});
  await lab.origin(80, (side) => side.send('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nplain'));
  await secureOrigin(lab);
  expect(await run(lab, 'http://app.test/')).toEqual({ exit: 0, out: 'plain', codes: '000 200' });
  await withAuthority(lab, 'public-ca', async (file) => {
    expect(await run(lab, '--cacert', file, 'https://app.test/')).toEqual({
      exit: 0,
      out: 'secured',
      codes: '200 200',
    });
  });
});

withCurl('curl stops at 407 without credentials, and passes with them', async () => {
  await using lab = await start({ behaviour: { kind: 'challenge', schemes: ['basic'] }, accounts: { me: 'secret' } });
  await secureOrigin(lab);
  expect(await run(lab, '-k', 'https://app.test/')).toMatchObject({ exit: 56, codes: '407 000' });
  expect(await run(lab, '-k', '-U', 'me:secret', 'https://app.test/')).toMatchObject({ exit: 0, out: 'secured' });
  expect(await run(lab, '-k', '-U', 'me:secret', '--proxy-anyauth', 'https://app.test/')).toMatchObject({
    exit: 0,
    out: 'secured',
  });
  expect(await run(lab, '-k', '-U', 'me:wrong', 'https://app.test/')).toMatchObject({ exit: 56, codes: '407 000' });
});

withCurl('curl sees 502 for a name that the proxy cannot resolve', async () => {
  await using lab = await start({});
  expect(await run(lab, 'https://gone.test/')).toMatchObject({ exit: 56, codes: '502 000' });
  expect(await run(lab, 'http://gone.test/')).toMatchObject({ exit: 0, codes: '000 502' });
});

withCurl('curl rejects an inspected connection without the inspection CA, and accepts it with', async () => {
  await using lab = await start({ behaviour: 'inspect' });
  await secureOrigin(lab);
  await withAuthority(lab, 'public-ca', async (file) => {
    expect(await run(lab, '--cacert', file, 'https://app.test/')).toMatchObject({ exit: 60, codes: '200 000' });
  });
  await withAuthority(lab, 'inspection-ca', async (file) => {
    expect(await run(lab, '--cacert', file, 'https://app.test/')).toEqual({
      exit: 0,
      out: 'secured',
      codes: '200 200',
    });
  });
});

withCurl('curl posts with Expect: 100-continue', async () => {
  await using lab = await start({});
  await lab.origin(80, (side) => {
    if (side.heard().endsWith('hello')) side.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
  });
  const post = ['-H', 'Expect: 100-continue', '-d', 'hello', 'http://app.test/'];
  expect(await run(lab, ...post)).toEqual({ exit: 0, out: 'ok', codes: '000 200' });
});
