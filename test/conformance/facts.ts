/** Asks our profiles what real browsers were asked, and puts the answer in the notation of the facts. */
import { readFileSync } from 'node:fs';
import { loadPac, type ProfileName, type Resolution } from '../../src/pac/index.ts';

export interface Observation {
  readonly urlSeen?: string;
  readonly hostSeen?: string;
  readonly type?: string;
  readonly value?: string;
  readonly threw?: string;
  readonly list?: string;
  readonly raw?: unknown;
  readonly resolveErr?: string;
  readonly loadErr?: string;
  readonly error?: string;
  readonly alerts?: readonly string[];
  readonly asyncResolve?: string;
}

export interface Fact {
  readonly id: string;
  readonly expr?: string;
  readonly ret?: string;
  readonly pac?: string;
  readonly url: string;
  readonly tz: string;
  readonly now?: string;
  readonly note?: string;
  readonly disputed?: Readonly<Record<string, { source: string; actual: Observation }>>;
  readonly [client: string]: unknown;
}

/** Keys of the facts that are one of our profiles. */
export const factProfiles: Readonly<Record<string, ProfileName>> = {
  chromium: 'chromium',
  firefox: 'firefox',
  'pac-resolver': 'node',
};

/**
 * `odd-facts.json` are what nobody writes on purpose: the texts were made by a program, and Chromium 156.0.8078.79 and
 * Firefox ESR 153.7.0 on Debian 12 asked about them, without a network. Dates are the script's own, put in its place.
 */
export const facts = ['facts.json', 'odd-facts.json'].flatMap(
  (file) => JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as Fact[],
);

/** The network the browsers were asked in. */
const surroundings = {
  dns: {
    'one.test': ['10.77.0.100'],
    'slow.test': ['10.77.0.100'],
    'cname.test': ['10.77.0.100'],
    'app.corp.example': ['10.77.0.100'],
    'appsrv.corp.example': ['10.77.0.100'],
    'a_b.test': ['10.77.0.100'],
    'xn--bcher-kva.test': ['10.77.0.100'],
    'multi.test': ['10.77.0.101', '10.77.0.100'],
    'six.test': ['fd77::100'],
    'dual.test': ['10.77.0.100', 'fd77::100'],
    'empty.test': [],
    pchost: ['10.77.0.10'],
  },
  dnsSearch: ['corp.example'],
  myIp: ['10.77.0.10', 'fd77::10'],
};

/** False for what a client was not asked, could not be asked, or was asked with a text that was not kept whole. */
export function isAsked(fact: Fact, key: string): boolean {
  const seen = fact[key] as Observation | undefined;
  if (!seen || seen.asyncResolve || /\[\d+ chars\]$/.test(fact.pac ?? '')) return false;
  if (Object.keys(seen).length > 0) return true;
  return key !== 'pac-resolver' && fact.id.startsWith('url-');
}

/** [observed, ours], equal when the profile agrees. */
export async function askFact(fact: Fact, key: string): Promise<[unknown, unknown]> {
  const profile = factProfiles[key];
  if (!profile) throw new Error(`no profile for ${key}`);
  const options = {
    ...surroundings,
    profile,
    timeZone: fact.tz,
    ...(fact.now !== undefined && { now: fact.now }),
  };
  const seen = fact[key] as Observation;
  const source = fact.pac ?? `function FindProxyForURL(url, host) { return (${fact.ret ?? '"DIRECT"'}\n); }`;
  using pac = await loadPac(source);
  if (fact.expr !== undefined) return await askExpression(fact, seen, pac, options);
  const answer = await pac.resolve(fact.url, options);
  return compare(seen, answer, fact.note !== undefined);
}

type Options = Parameters<Awaited<ReturnType<typeof loadPac>>['resolve']>[1] & object;

async function askExpression(
  fact: Fact,
  seen: Observation,
  pac: Awaited<ReturnType<typeof loadPac>>,
  options: Options,
): Promise<[unknown, unknown]> {
  const { script, consulted } = await pac.resolve(fact.url, options);
  if (Object.keys(seen).length === 0) return [{ consulted: false }, { consulted }];
  const answer = await pac.evaluate(fact.expr ?? '', { ...options, url: fact.url });
  const expected: Record<string, unknown> = { ...seen };
  const actual: Record<string, unknown> = {};
  if (seen.urlSeen !== undefined) Object.assign(actual, { urlSeen: script?.url, hostSeen: script?.host });
  if (seen.threw !== undefined) {
    expected['threw'] = nameOf(seen.threw);
    actual['threw'] =
      'error' in answer
        ? answer.error.name === answer.error.message
          ? nameOf(answer.error.message)
          : answer.error.name
        : null;
  }
  if (seen.type !== undefined) actual['type'] = 'value' in answer ? typeName(answer.value) : null;
  if (seen.value !== undefined) actual['value'] = 'value' in answer ? printed(answer.value) : answer.error;
  return [expected, actual];
}

/** Messages differ with the engine; the name before the colon does not. */
const nameOf = (text: string): string => text.split(':')[0] ?? '';
const typeName = (value: unknown): string => (value === null ? 'null' : typeof value);

function printed(value: unknown): string {
  if (value === undefined) return 'undefined';
  if (typeof value === 'string') return `"${value}"`;
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}

function compare(seen: Observation, answer: Resolution, countsDiffer: boolean): [unknown, unknown] {
  const expected: Record<string, unknown> = {};
  const actual: Record<string, unknown> = {};
  if (seen.urlSeen !== undefined) {
    Object.assign(expected, { url: seen.urlSeen, host: seen.hostSeen });
    Object.assign(actual, { url: answer.script?.url, host: answer.script?.host });
  }
  if (seen.list !== undefined && !countsDiffer && !/\[\d+ chars\]$/.test(seen.list)) {
    expected['routes'] = routesOf(seen.list);
    actual['routes'] = answer.routes;
  }
  if (seen.resolveErr ?? seen.loadErr ?? seen.error) {
    expected['failed'] = true;
    actual['failed'] = answer.error !== null;
  }
  if (seen.loadErr !== undefined) {
    expected['phase'] = 'load';
    actual['phase'] = answer.error?.phase;
  }
  if (seen.alerts && !countsDiffer) {
    expected['alerts'] = seen.alerts;
    actual['alerts'] = answer.alerts;
  }
  if ('raw' in seen && !countsDiffer && !/\[\d+ chars\]$/.test(String(seen.raw))) {
    expected['raw'] = seen.raw;
    actual['raw'] = answer.raw ?? rawOf(answer);
  }
  return [expected, actual];
}

/** The facts are JSON: NaN and undefined became null there. */
const rawOf = (answer: Resolution): unknown => JSON.parse(JSON.stringify(answer.value ?? null));

/** The browser's own notation of a list as our routes. */
export function routesOf(list: string): string[] {
  return list
    .split(/; ?/)
    .filter(Boolean)
    .map((entry) => {
      const [type = '', server = ''] = entry.split(' ');
      const name = { http: 'PROXY', https: 'HTTPS', socks4: 'SOCKS4', socks: 'SOCKS5', SOCKS: 'SOCKS4' }[type] ?? type;
      if (server === ':-1') return `${name} <no-host>`;
      const bare = /^([0-9a-f:]*:[0-9a-f:]*):(\d+)$/.exec(server);
      return name === 'DIRECT' ? name : `${name} ${bare ? `[${bare[1]}]:${bare[2]}` : server}`;
    });
}
