/** What paclab needs of a machine, and what it can use besides. Nothing is started but a script in the sandbox. */
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

import { listenError } from '../net/permitted.ts';
import type { Environment } from './tools.ts';

export interface Health {
  name: string;
  /** `missing` is no fault: something more could be done with it. */
  state: 'good' | 'missing' | 'bad';
  says: string;
}

/** Programs that some part works with, and what for. */
const programs = {
  curl: 'as a real client of a lab',
  chromium: 'as a real client of scenarios (run --client real:chromium)',
  'firefox-esr': 'as a real client of scenarios (run --client real:firefox)',
  tshark: 'to look at captures',
  docker: 'to have the lab and its clients in containers',
} as const;

export async function examine(env: Environment): Promise<Health[]> {
  const checks = await Promise.all([
    Promise.resolve(runtime()),
    engine(),
    loopback(),
    lowPorts(),
    ...Object.entries(programs).map(([name, use]) => program(name, use, env)),
  ]);
  return checks;
}

const oldest = [20, 19] as const;

function runtime(): Health {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const good = major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
  const says = good ? process.version : `${process.version}, and ${oldest.join('.')} or newer is needed`;
  return { name: 'Node', state: good ? 'good' : 'bad', says };
}

async function engine(): Promise<Health> {
  const name = 'PAC engine';
  try {
    const { loadPac } = await import('../pac/index.ts');
    using pac = await loadPac('function FindProxyForURL(url, host) { return "PROXY proxy.example:8080"; }');
    const { routes } = await pac.resolve('https://www.example/', { profile: 'chromium' });
    const works = routes[0] === 'PROXY proxy.example:8080';
    return works
      ? { name, state: 'good', says: 'a script runs in the sandbox' }
      : { name, state: 'bad', says: `a script answered ${routes.join('; ') || 'nothing'}` };
  } catch (error) {
    return { name, state: 'bad', says: `the sandbox does not start: ${(error as Error).message}` };
  }
}

async function loopback(): Promise<Health> {
  const error = await listenError(0);
  if (!error) return { name: 'loopback', state: 'good', says: 'sockets can be opened on 127.0.0.1' };
  return { name: 'loopback', state: 'bad', says: `no socket on 127.0.0.1: ${error.message}` };
}

async function lowPorts(): Promise<Health> {
  const name = 'ports below 1024';
  const error = await listenError(80);
  if (!error || error.code === 'EADDRINUSE')
    return { name, state: 'good', says: 'may be listened on: up can serve WPAD on 53 and 80' };
  return {
    name,
    state: 'missing',
    says: 'not for this user: up serves on high ports and prints what clients need; or sysctl net.ipv4.ip_unprivileged_port_start=53',
  };
}

async function program(name: string, use: string, env: Environment): Promise<Health> {
  for (const folder of (env['PATH'] ?? '').split(delimiter).filter(Boolean)) {
    const path = join(folder, name);
    if (await runs(path)) return { name, state: 'good', says: path };
  }
  return { name, state: 'missing', says: `not on the PATH; wanted ${use}` };
}

async function runs(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
