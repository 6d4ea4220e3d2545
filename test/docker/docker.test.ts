/**
 * The images and the compose file, for real: the lab in a container, and real clients in others that are told nothing.
 * Needs a Docker engine and Compose; `.ci/engine` brings one up where there is none. Asked for by PACLAB_DOCKER=1, since
 * it builds more than a gigabyte.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { fromNdjson } from '../../src/trace/file.ts';
import type { TraceEvent } from '../../src/trace/events.ts';
import { root } from '../kit/scenarios.ts';

const wanted = process.env['PACLAB_DOCKER'] === '1';
if (!wanted) process.stderr.write('SKIPPED: the lab in Docker (PACLAB_DOCKER=1 runs it)\n');

const folder = join(root, 'docker');
const minutes = 60_000;

interface Ended {
  code: number;
  out: string;
}

/** Ends by itself or by the time limit; never throws for an exit code. */
async function command(program: string, args: readonly string[], cwd = folder): Promise<Ended> {
  const options = { cwd, timeout: 10 * minutes, maxBuffer: 1 << 28 };
  try {
    const { stdout } = await promisify(execFile)(program, [...args], options);
    return { code: 0, out: stdout };
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: unknown; stdout?: string; stderr?: string };
    return { code: typeof code === 'number' ? code : -1, out: `${stdout}${stderr}` };
  }
}

const compose = (...args: string[]): Promise<Ended> => command('docker-compose', args);
const paclab = (...args: string[]): Promise<Ended> => compose('exec', '-T', 'lab', 'paclab', ...args);

async function must(ended: Promise<Ended>): Promise<string> {
  const { code, out } = await ended;
  if (code !== 0) throw new Error(out.slice(-4000));
  return out;
}

interface Visit {
  events: readonly TraceEvent[];
  findings: string[];
  out: string;
}

/** One visit by a client, and what the lab saw of it. */
async function visit(client: string): Promise<Visit> {
  await must(paclab('ctl', 'reset'));
  return look((await compose('run', '--rm', '-T', client)).out);
}

async function look(out: string): Promise<Visit> {
  const events = fromNdjson(await must(paclab('ctl', 'events')));
  const { out: told } = await paclab('ctl', 'diagnose', '--json');
  const findings = (JSON.parse(told) as { id: string }[]).map(({ id }) => id);
  return { events, findings, out };
}

const of = <T extends TraceEvent['type']>({ events }: Visit, type: T): TraceEvent<T>['data'][] =>
  events.flatMap((event) => (event.type === type ? [event.data as TraceEvent<T>['data']] : []));

const connects = (seen: Visit): string[] =>
  of(seen, 'proxy.request').flatMap(({ method, target }) => (method === 'CONNECT' ? [target] : []));

describe.skipIf(!wanted)('the lab in Docker', () => {
  beforeAll(async () => {
    const build = ['build', '--quiet', '--network=host'];
    await must(command('docker', [...build, '-f', 'docker/Dockerfile', '-t', 'paclab', '.'], root));
    await must(command('docker', [...build, '-f', 'clients.Dockerfile', '-t', 'paclab-clients', '.']));
    await must(compose('up', '-d', 'lab'));
    for (let tries = 0; (await paclab('healthcheck')).code !== 0; tries += 1)
      if (tries > 60) throw new Error((await compose('logs', 'lab')).out);
  }, 12 * minutes);

  afterAll(async () => {
    await compose('down', '--volumes', '--timeout', '1');
  }, 2 * minutes);

  test('the container runs without rights and cannot write but where it has to', async () => {
    const id = (await must(compose('ps', '-q', 'lab'))).trim();
    const [{ Config, HostConfig }] = JSON.parse(await must(command('docker', ['inspect', id]))) as [
      { Config: { User: string }; HostConfig: { ReadonlyRootfs: boolean; CapDrop: string[] } },
    ];
    expect([Config.User, HostConfig.ReadonlyRootfs, HostConfig.CapDrop]).toEqual(['node', true, ['ALL']]);
  });

  test.each(['chromium', 'firefox'])(
    'a real %s that is told nothing finds its proxy by WPAD, and is challenged',
    async (client) => {
      const seen = await visit(client);
      expect(of(seen, 'dns.query').map(({ name }) => name)).toContain('wpad.corp.example');
      expect(of(seen, 'http.request').map(({ target }) => target)).toContain('/wpad.dat');
      expect(connects(seen)).toContain('tenant.msappproxy.net:443');
      expect(of(seen, 'proxy.challenged').map(({ host }) => host)).toContain('tenant.msappproxy.net');
      expect(seen.findings).toContain('auth-407-connect');
      expect(of(seen, 'proxy.tunnel')).toEqual([]);
    },
    3 * minutes,
  );

  test.each(['curl', 'node'])(
    'a real %s is challenged, and let through where the proxy lets it',
    async (client) => {
      const seen = await visit(client);
      expect(connects(seen)).toEqual(['tenant.msappproxy.net:443']);
      expect(seen.findings).toEqual(['auth-407-connect']);
      await must(paclab('ctl', 'reset'));
      await must(paclab('ctl', 'set', 'proxies.edge.behaviour', 'allow'));
      const passed = await look((await compose('run', '--rm', '-T', client)).out);
      expect(of(passed, 'proxy.tunnel').map(({ host }) => host)).toEqual(['tenant.msappproxy.net']);
      expect(passed.findings).toEqual([]);
    },
    3 * minutes,
  );
});
