/** Small labs for clients, run as scenarios are. */
import type { RunRecord } from '../../src/run/record.ts';
import { runScenario } from '../../src/run/run.ts';
import type { EventMap, EventType } from '../../src/trace/events.ts';
import { scenarioFrom } from '../kit/scenarios.ts';

type Json = Record<string, unknown>;

export interface Story {
  profile: string;
  /** More of the client. */
  client?: Json;
  /** More names; null takes one of the usual ones away. */
  records?: Json;
  hosts?: Json;
  proxies?: Json;
  /** Rules of the firewall. */
  firewall?: Json[];
  steps: Json[];
}

export interface Played {
  record: RunRecord;
  /** The data of all events of a type, and when they happened. */
  of: <T extends EventType>(type: T) => (EventMap[T] & { at: number })[];
  /** What each request came to, in order. */
  requests: (EventMap['client.finished'] & { at: number })[];
  /** The routes of all attempts, in order. */
  attempts: string[];
}

/** app.test serves http and https; one and two are names of proxies; nobody is where the story puts nobody. */
export async function play(story: Story, options: { bytes?: boolean } = {}): Promise<Played> {
  const { profile, client = {}, records = {}, hosts = {}, proxies = {}, firewall = [], steps } = story;
  const scenario = {
    version: 1,
    id: 'told-by-a-test',
    name: 'A story of a test',
    lab: {
      dns: { suffix: 'corp.example', records: present({ ...usualRecords, ...records }) },
      hosts: { 'app.test': { http: { '/*': page }, https: { paths: { '/*': page } } }, ...hosts },
      proxies,
      firewall: { rules: firewall },
    },
    clients: { it: { profile, ...client } },
    steps,
    expect: { diagnosis: 'none' },
  };
  const [loaded] = await scenarioFrom(JSON.stringify(scenario));
  if (!loaded) throw new Error('nothing was loaded');
  const record = await runScenario(loaded, { clock: 'virtual', bytes: options.bytes ?? false, timeout: 20_000 });
  if (record.broken) throw new Error(record.broken.message);
  const of = <T extends EventType>(type: T): (EventMap[T] & { at: number })[] =>
    record.events.flatMap((event) =>
      // The comparison has told the type; TypeScript cannot carry that into the union of data.
      event.type === type ? [{ ...(event.data as EventMap[T]), at: event.at }] : [],
    );
  return { record, of, requests: of('client.finished'), attempts: of('client.attempt').map(({ route }) => route) };
}

const present = (all: Json): Json => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));

const page = { body: 'page' };

const usualRecords = {
  'app.test': { A: '203.0.113.10' },
  'wpad.corp.example': { A: '10.20.0.5' },
  'one.corp.example': { A: '10.20.0.8' },
  'two.corp.example': { A: '10.20.0.9' },
};

export const one = 'PROXY one.corp.example:8080';
export const two = 'PROXY two.corp.example:8080';

/** A script at wpad.corp.example that returns this list. */
export const scripted = (list: string): Json => ({
  'wpad.corp.example': {
    http: {
      '/wpad.dat': {
        type: 'application/x-ns-proxy-autoconfig',
        pacText: `function FindProxyForURL(url, host) { return "${list}"; }`,
      },
    },
  },
});

const scriptUrl = 'http://wpad.corp.example/wpad.dat';

/** Each client told of the script in its own way. */
export const withScript = (profile: string): Json => ({
  settings:
    profile === 'winhttp' || profile === 'dotnet-framework'
      ? { system: { autoDetect: false, scriptUrl } }
      : { browser: { mode: 'script', scriptUrl } },
});

/** Each client told of proxy one. */
export const withProxy = (profile: string, proxy = 'http://one.corp.example:8080'): Json => ({
  settings:
    profile === 'winhttp'
      ? { netsh: { proxy: proxy.replace('http://', '') } }
      : profile === 'dotnet-framework'
        ? { defaultProxy: { proxy: { proxyaddress: proxy } } }
        : { browser: { mode: 'manual', proxy } },
});

export const listening = (behaviour?: unknown, more: Json = {}): Json => ({
  listen: 'one.corp.example:8080',
  ...(behaviour === undefined ? {} : { behaviour }),
  ...more,
});
export const second = { listen: 'two.corp.example:8080' };

export const get = (url = 'https://app.test/'): Json => ({ fetch: { url, client: 'it' } });
export const pass = (time: string): Json => ({ advance: time });
export const dropped = (to: string): Json => ({ when: { to }, then: 'drop' });
export const rejected = (to: string): Json => ({ when: { to }, then: 'reject' });
