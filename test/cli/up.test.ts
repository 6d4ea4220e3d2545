/** `up`, `ctl`, `exec`, `ca` and `healthcheck` as processes: signals, exit codes, and what one says to the other. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';

import { built } from '../kit/built.ts';
import type { Built } from '../kit/built.ts';
import { curl } from '../kit/published.ts';
import { root } from '../kit/scenarios.ts';

// Each command is a process of its own, on machines that have other things to do.
vi.setConfig({ testTimeout: 60_000 });

let program: Built;
let home: string;
let children: ChildProcess[] = [];

beforeAll(async () => {
  [program, home] = await Promise.all([built(), mkdtemp(join(tmpdir(), 'up-test-'))]);
}, 120_000);

afterAll(async () => {
  await program[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

// What a test that failed has left.
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children = [];
});

interface Running {
  child: ChildProcess;
  out: () => string;
  err: () => string;
  ended: Promise<number | null>;
}

/** Each test has folders of its own: labs of others are not found. */
function run(words: readonly string[], more: Record<string, string> = {}, cwd = root): Running {
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    XDG_RUNTIME_DIR: home,
    PACLAB_CA_DIR: join(home, 'ca'),
    ...more,
  };
  const child = spawn(process.execPath, [program.main, ...words], { env, cwd });
  children.push(child);
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk) => (said.out += String(chunk)));
  child.stderr.on('data', (chunk) => (said.err += String(chunk)));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, out: () => said.out, err: () => said.err, ended };
}

const finished = async (
  ...given: Parameters<typeof run>
): Promise<{ code: number | null; out: string; err: string }> => {
  const running = run(...given);
  return { code: await running.ended, out: running.out(), err: running.err() };
};

interface Told {
  pid: number;
  control: { url: string; token: string };
  caFile: string;
  doors: { name: string; what: string; speaks: string; real: { host: string; port: number } }[];
}

/** Waits for the line that says where everything is. */
async function up(...words: string[]): Promise<Running & { told: Told; at: (name: string) => string }> {
  const running = run(['up', ...words, '--ports', 'free', '--control', '0', '--json']);
  const told = await new Promise<Told>((resolve, reject) => {
    running.child.stdout?.on('data', () => {
      if (running.out().includes('\n')) resolve(JSON.parse(running.out()) as Told);
    });
    void running.ended.then((code) => reject(new Error(`ended with ${code}: ${running.err()}`)));
  });
  const at = (name: string): string => {
    const { host = '', port = 0 } = told.doors.find((door) => door.name === name)?.real ?? {};
    return `${host}:${port}`;
  };
  return { ...running, told, at };
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s ends a lab at once, whatever its clients are doing, and takes its word back', async (signal, code) => {
  const lab = await up('auth-407-connect');
  expect(await readdir(join(home, 'paclab'))).toContain(`${lab.told.pid}.json`);
  expect((await stat(join(home, 'paclab', `${lab.told.pid}.json`))).mode & 0o777).toBe(0o600);
  // A client in the middle of something, and a reader of events.
  const silent = curl('--connect-to', `::${lab.at('tenant.msappproxy.net')}`, '-k', 'https://tenant.msappproxy.net/');
  const reader = run(['ctl', 'events', '--follow', '--lab', String(lab.told.pid)]);
  await new Promise((resolve) => reader.child.stdout?.once('data', resolve));
  lab.child.kill(signal);
  expect(await lab.ended).toBe(code);
  expect(lab.err()).toBe('');
  expect((await silent).code).not.toBe(0);
  expect(await reader.ended).toBe(0);
  expect(await readdir(join(home, 'paclab'))).not.toContain(`${lab.told.pid}.json`);
});

test('a lab is asked, changed, diagnosed, captured, found healthy, and ended from another process', async () => {
  const lab = await up('auth-407-connect');
  const ctl = (...words: string[]) => finished(['ctl', ...words]);
  const through = async (): Promise<string> => {
    const trust = ['--cacert', lab.told.caFile];
    const asked = ['-x', `http://${lab.at('edge')}`, 'https://tenant.msappproxy.net/bootstrap'];
    return (await curl(...trust, '-o', '/dev/null', '-w', '%{http_connect} %{http_code}', ...asked)).out;
  };
  expect(await through()).toBe('407 000');
  expect((await ctl('status')).out).toContain('auth-407-connect  The proxy challenges the connector');
  expect(await ctl('diagnose', '--exit-code')).toMatchObject({
    code: 1,
    out: expect.stringContaining('auth-407-connect'),
  });
  expect(await ctl('set', 'proxies.edge.behaviour', '{ kind: allow }')).toMatchObject({
    code: 0,
    out: 'proxies.edge.behaviour: {"kind":"allow"}\n',
  });
  expect(await ctl('get', 'proxies.edge.behaviour')).toMatchObject({
    out: '* proxies.edge.behaviour: {"kind":"allow"}\n',
  });
  // The authority is that of this machine; curl trusts nobody else.
  expect(await through()).toBe('200 403');
  expect(await ctl('set', 'proxies.edge.behaviour', 'alow')).toMatchObject({ code: 2 });
  expect(await ctl('set', 'proxies.edge.behaviour', '[')).toMatchObject({ code: 2 });
  const events = (await ctl('events', '--types', 'proxy.*')).out.trim().split('\n');
  expect(events.map((line) => (JSON.parse(line) as { type: string }).type)).toContain('proxy.tunnel');
  const file = join(home, 'lab.har');
  expect((await ctl('capture', file)).code).toBe(0);
  expect(JSON.parse(await readFile(file, 'utf8'))).toHaveProperty('log.entries');
  expect((await ctl('reset')).code).toBe(0);
  expect((await ctl('diagnose')).out).toMatch(/^nothing found\nby what the lab saw/);
  expect(await finished(['healthcheck'])).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+ ports open\n$/) });
  expect(await ctl('events')).toMatchObject({ out: expect.not.stringContaining('tcp.opened') });
  const { control } = lab.told;
  const foreign = { PACLAB_URL: control.url, PACLAB_TOKEN: 'wrong' };
  expect(await finished(['ctl', 'status'], foreign)).toMatchObject({ code: 3, err: expect.stringContaining('token') });
  expect((await ctl('down')).code).toBe(0);
  expect(await lab.ended).toBe(0);
  expect(await finished(['healthcheck'])).toMatchObject({ code: 1 });
  expect(await ctl('status')).toMatchObject({ code: 3, err: expect.stringContaining('no lab of this user runs here') });
});

test('with --wait a lab goes on in the background, and one that cannot be ends with its code', async () => {
  const words = ['--wait', '--ports', 'free', '--control', '0'];
  const ready = await finished(['up', 'auth-407-connect', ...words, '--json']);
  expect(ready).toMatchObject({ code: 0, err: '' });
  const { pid } = JSON.parse(ready.out) as Told;
  const lab = ['--lab', String(pid)];
  expect(await finished(['healthcheck', ...lab])).toMatchObject({ code: 0 });
  expect(await finished(['ctl', 'down', ...lab])).toMatchObject({ code: 0 });
  await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
  const wrong = await finished(['up', 'auth-407-conect', ...words]);
  expect(wrong.code).toBe(2);
  expect(wrong.err).toContain("did you mean 'auth-407-connect'");
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test.each(['/proc/no/such', '/dev/null/ca'])('a folder of authorities that cannot be: %s', async (folder) => {
  const ended = await finished(['ca', 'fingerprint'], { PACLAB_CA_DIR: folder });
  expect(ended).toMatchObject({ code: 2, out: '' });
  expect(ended.err).toContain(`PACLAB_CA_DIR: cannot use the folder ${folder}`);
});

test('with two labs it must be said which one is meant', async () => {
  const [one, two] = await Promise.all([up('base-direct-ok'), up('auth-407-connect')]);
  expect(await finished(['ctl', 'status'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('several labs run'),
  });
  expect((await finished(['ctl', 'status', '--lab', 'base-direct-ok'])).out).toContain('base-direct-ok');
  expect((await finished(['ctl', 'down', '--lab', String(two.told.pid)])).code).toBe(0);
  expect(await two.ended).toBe(0);
  one.child.kill('SIGTERM');
  expect(await one.ended).toBe(143);
});

test.each([
  [['up', 'no-such-scenario'], 2, 'neither a file nor the id of a scenario'],
  [['up', 'auth-407-conect'], 2, "did you mean 'auth-407-connect'?"],
  [['up', 'auth-407-connect', '--row', 'schemes=none'], 2, "has no row 'schemes=none'"],
  [['up', '--bind', '10.77.0.2'], 2, '--network-is-mine'],
  [['up', '--bind', 'somewhere'], 2, '--bind takes an address'],
  [['up', '--bind', '0.0.0.0', '--network-is-mine'], 2, '--announce'],
  [['up', '--bind', '::', '--network-is-mine', '--announce', '10.0.0.5'], 2, '--announce'],
  [['up', '--bind', 'fd00::1'], 2, '--network-is-mine'],
  [['up', '--bind', '::1', '--bind', 'fd00::1'], 2, 'second of its version'],
  [['up', '--clock', 'virtual'], 2, 'time of the machine'],
  [['up', '--bind', '192.0.2.77', '--network-is-mine'], 3, 'this machine has no such address'],
  [['up', '--as', 'nobody'], 2, "no client 'nobody'"],
  [['up', '--control', 'x:y'], 2, '--control takes an address and a port'],
  [['exec', 'auth-407-connect'], 2, 'behind two dashes'],
  [['exec', '--', 'no-such-program-here'], 3, 'there is no such program'],
  [['ca', 'export', '../key'], 2, 'no name of an authority'],
] as const)('%j ends with %i', async (words, code, reason) => {
  expect(await finished(words)).toMatchObject({ code, err: expect.stringContaining(reason) });
});

test('a port that is taken ends it with 3, and names the port', async () => {
  const lab = await up('base-direct-ok');
  const taken = new URL(lab.told.control.url).port;
  const second = await finished(['up', '--ports', 'free', '--control', taken]);
  expect(second).toMatchObject({
    code: 3,
    err: `error: cannot listen at 127.0.0.1:${taken} (TCP): another program has it\n`,
  });
  lab.child.kill('SIGTERM');
  await lab.ended;
});

test('exec tells a program its proxy and whom to trust, and asks the lab what it did', async () => {
  const fetchIt = ['curl', '-sS', '-o', '/dev/null', 'https://tenant.msappproxy.net/bootstrap'];
  const refused = await finished(['exec', 'auth-407-connect', '--', ...fetchIt]);
  // Curl's own code for an answer of the proxy that is not 2xx.
  expect(refused.code).toBe(56);
  expect(refused.err).toContain('4 of 4 expectations met');
  expect(refused.err).toContain('finding   auth-407-connect');
  const idle = await finished(['exec', 'auth-407-connect', '--', 'true']);
  expect(idle).toMatchObject({ code: 1, err: expect.stringContaining('2 of 4 expectations met') });
  expect((await finished(['exec', 'auth-407-connect', '--no-expect', '--', 'true'])).code).toBe(0);
  expect((await finished(['exec', 'auth-407-connect', '--no-expect', '--', 'sh', '-c', 'exit 7'])).code).toBe(7);
});

test('what only a client of the story could tell is not asked of a program, and that is said', async () => {
  const story = join(home, 'story.yaml');
  await writeFile(
    story,
    `version: 1
id: story
name: A story
lab: { extends: office, dns: { records: { wpad.corp.example: { A: 10.20.0.5 } } } }
expect:
  events: { order: [dns.query, http.request, pac.answered, proxy.tunnel], never: [{ pac.failed: {} }] }
`,
  );
  const script = 'curl -sS -o /dev/null $PACLAB_PAC_URL; curl -sS -o /dev/null https://tenant.msappproxy.net/';
  const dig =
    "node -e \"const d = new (require('dns').Resolver)(); d.setServers([process.env.PACLAB_DNS]); d.resolve4('wpad.corp.example', () => {})\"";
  const { code, err } = await finished(['exec', story, '--', 'sh', '-c', `${dig}; ${script}`], {}, home);
  expect(err).toContain('not asked of a program outside the lab: pac.answered; never pac.failed');
  expect(err).toContain('1 of 1 expectations met');
  expect(code).toBe(0);
});

test('the record of exec is JSON when that is wanted, and a capture goes where it is told to', async () => {
  const file = join(home, 'exec.ndjson');
  const words = [
    'exec',
    'auth-407-connect',
    '--json',
    '--save',
    file,
    '--',
    'sh',
    '-c',
    'echo hello; curl -sS https://tenant.msappproxy.net/',
  ];
  const { out, err } = await finished(words);
  expect(JSON.parse(out)).toMatchObject({
    summary: { passed: 1 },
    runs: [{ id: 'auth-407-connect', verdict: 'passed' }],
  });
  expect(err).toContain('hello');
  expect((await readFile(file, 'utf8')).split('\n')[0]).toContain('lab.started');
});

test('the authority of a machine stays the same from one command to the next, and its key is its owner’s alone', async () => {
  const first = await finished(['ca', 'export']);
  expect(first.out).toContain('BEGIN CERTIFICATE');
  expect((await finished(['ca', 'export'])).out).toBe(first.out);
  expect((await finished(['ca', 'fingerprint'])).out).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}\n$/);
  expect((await stat(join(home, 'ca', 'public-ca.key'))).mode & 0o777).toBe(0o600);
  expect((await stat(join(home, 'ca'))).mode & 0o777).toBe(0o700);
});
