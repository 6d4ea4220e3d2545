/** The same cases by a real browser and by the model: who says what, and where they differ. */
import { chromium } from '../../src/browser/browsers/chromium.ts';
import { ip, machineFor } from '../../src/browser/machine.ts';
import type { Asked, Browser } from '../../src/browser/browser.ts';
import { wire } from '../../src/beside/wiring.ts';
import { startLab } from '../../src/lab/lab.ts';
import { loadSource } from '../../src/library/load.ts';
import { loadPac, profileNamed } from '../../src/pac/index.ts';
import { casesFor, zone } from './cases.ts';
import type { Case } from './cases.ts';
import { dispatcherFor } from './dispatcher.ts';

export interface Difference {
  case: Case;
  model: string;
  real: string;
}

export interface Differential {
  /** By group: how many cases, and how many of them differ. */
  groups: ReadonlyMap<string, { cases: number; differ: number }>;
  differences: readonly Difference[];
  /** URLs that the browser did not take to its script at all. */
  unasked: readonly string[];
}

export interface DifferentialWish {
  seed: number;
  count: number;
  env: Readonly<Record<string, string | undefined>>;
}

const address = '10.20.0.10';
const suffix = 'corp.example';

/** Once for this namespace: every address is up and refuses, so nobody waits for proxies that are only read about. */
export const refuseEverywhere = (env: DifferentialWish['env']): Promise<void> =>
  ip(['route replace local 0.0.0.0/0 dev lo table 200', 'rule add pref 2000 iif client0 lookup 200'], [], env);

/** In a namespace that was prepared. */
export async function differential(browser: Browser, program: string, wish: DifferentialWish): Promise<Differential> {
  const cases = casesFor(wish.seed, wish.count, new Set(Object.keys(profileNamed(browser.profile).helpers)));
  const script = dispatcherFor(cases);
  const real = new Map(
    (await askBrowser(browser, program, script, cases, wish)).map((asked) => [keyOf(asked.url), asked]),
  );
  const groups = new Map<string, { cases: number; differ: number }>();
  const differences: Difference[] = [];
  const unasked: string[] = [];
  using pac = await loadPac(script);
  const dns = Object.fromEntries(Object.entries(zone).map(([name, { A = [] }]) => [name, A]));
  for (const one of cases) {
    const asked = real.get(keyOf(one.url));
    if (!asked || asked.routes === null) {
      unasked.push(one.url);
      continue;
    }
    const { alerts, routes } = await pac.resolve(one.url, {
      profile: browser.profile,
      dns,
      dnsSearch: [suffix],
      myIp: [address],
      now: one.now,
      timeZone: 'UTC',
      trace: false,
    });
    const [model, did] = [say(alerts, routes), say(asked.alerts, asked.routes)];
    const group = groups.get(one.group) ?? { cases: 0, differ: 0 };
    groups.set(one.group, { cases: group.cases + 1, differ: group.differ + (model === did ? 0 : 1) });
    if (model !== did) differences.push({ case: one, model, real: did });
  }
  return { groups, differences, unasked };
}

const say = (alerts: readonly string[], routes: readonly string[]): string =>
  `${alerts.map((text) => text.trimEnd()).join(' | ')} → ${routes.join('; ')}`;

function keyOf(url: string): string {
  const { protocol, host, pathname, search } = new URL(url);
  return `${protocol}//${host}${pathname}${search}`;
}

async function askBrowser(
  browser: Browser,
  program: string,
  script: string,
  cases: readonly Case[],
  { env }: DifferentialWish,
): Promise<Asked[]> {
  const [scenario] = await loadSource(
    {
      version: 1,
      id: 'differential',
      name: 'A script that answers every case',
      lab: {
        dns: { suffix, records: { ...zone, 'wpad.corp.example': { A: ['10.20.0.5'] } } },
        hosts: {
          'wpad.corp.example': {
            http: { '/wpad.dat': { type: 'application/x-ns-proxy-autoconfig', pacText: script } },
          },
        },
      },
      clients: { user: { profile: browser.profile, address } },
    },
    { mayExpectNothing: true },
  );
  if (!scenario) throw new Error('the scenario of the differential has no row');
  await using lab = await startLab(scenario, { clock: 'real', bytes: false });
  await using machine = await machineFor({
    address,
    dns: scenario.model.lab.dns.address,
    search: [suffix],
    number: 0,
    env: { ...env, TZ: 'UTC' },
  });
  await using _wiring = await wire(lab, scenario.model.lab, [{ name: 'user', address, cable: 'client0' }], env);
  const scriptUrl = 'http://wpad.corp.example/wpad.dat';
  await using running = await browser.start(program, {
    machine,
    settings: { own: true, autoDetect: false, scriptUrl, proxy: '', bypass: '', mandatory: false },
    trust: [],
    certificate: null,
    credentials: null,
    now: lab.clock.now,
    env: { ...env, TZ: 'UTC' },
  });
  // The browser lives until the answer is there.
  return await running.ask(cases.map(({ url }) => (browser === chromium ? withoutUser(url) : url)));
}

/** A page may not fetch a URL with a user in it. */
const withoutUser = (url: string): string => url.replace(/\/\/[^/@]*@/, '//');
