/** Asks our profiles what a vector asks, and puts the answer in the vector's own notation. */
import { readFileSync } from 'node:fs';
import {
  failoverOrder,
  judgeFetch,
  loadPac,
  profileNamed,
  ProxyMemory,
  type ProfileName,
} from '../../src/pac/index.ts';

export interface Vector {
  readonly id: string;
  readonly kind: 'expr' | 'list' | 'pac' | 'args' | 'bypass' | 'body' | 'fetch' | 'failover';
  readonly topic: string;
  readonly expect?: Readonly<Record<string, unknown>>;
  readonly disputed?: Readonly<Record<string, { source: string; actual: unknown }>>;
  readonly [field: string]: unknown;
}

/** Keys of the vectors that are one of our profiles. */
export const vectorProfiles: Readonly<Record<string, ProfileName>> = {
  chromium: 'chromium',
  firefox: 'firefox',
  winhttp: 'winhttp',
  'dotnet-framework': 'dotnet-framework',
  'node-pac-resolver': 'node',
  'pac-proxy-agent': 'node',
};

export const vectors = JSON.parse(readFileSync(new URL('vectors.json', import.meta.url), 'utf8')) as Vector[];

type Expected = { error?: string; raw?: unknown; effective?: unknown; after?: unknown; url?: string; host?: string };

/** [expected, actual], equal when the profile agrees. */
export async function askVector(vector: Vector, key: string): Promise<[expected: unknown, actual: unknown]> {
  const profile = vectorProfiles[key];
  if (!profile) throw new Error(`no profile for ${key}`);
  const expected = vector.expect?.[key];
  switch (vector.kind) {
    case 'expr':
      return askExpression(vector, profile, expected);
    case 'args':
      return askArguments(vector, profile, key, expected as Expected);
    case 'fetch':
      return askFetch(vector, profile, expected);
    default:
      return askScript(vector, profile, key, expected);
  }
}

const settings = (vector: Vector, profile: ProfileName) => ({
  profile,
  ...(vector['dns'] !== undefined && { dns: vector['dns'] as Record<string, string[]> }),
  ...(vector['myip'] !== undefined && { myIp: vector['myip'] as string[] }),
  ...(vector['now'] !== undefined && { now: vector['now'] as string }),
  ...(vector['tz'] !== undefined && { timeZone: vector['tz'] as string }),
});

const url = (vector: Vector): string => (vector['url'] as string | undefined) ?? 'http://www.example.test/';

async function askExpression(vector: Vector, profile: ProfileName, expected: unknown): Promise<[unknown, unknown]> {
  using pac = await loadPac('function FindProxyForURL(url, host) { return "DIRECT"; }');
  const answer = await pac.evaluate(vector['expr'] as string, { ...settings(vector, profile), url: url(vector) });
  if ('value' in answer) return [expected, answer.value === undefined ? { $undefined: true } : answer.value];
  const { name, message } = answer.error;
  const wanted = (expected as { $throws?: string } | null)?.$throws;
  return [expected, { $throws: message === wanted ? message : name }];
}

async function askScript(
  vector: Vector,
  profile: ProfileName,
  key: string,
  expected: unknown,
): Promise<[unknown, unknown]> {
  const hex = vector['bodyHex'] as string | undefined;
  const source = hex === undefined ? (vector['pac'] as string) : new Uint8Array(Buffer.from(hex, 'hex'));
  const contentType = vector['contentType'] as string | undefined;
  using pac = await loadPac(source, contentType === undefined ? {} : { contentType });
  const answer = await pac.resolve(url(vector), settings(vector, profile));
  if (Array.isArray(expected)) return [expected, answer.routes];
  const wanted = expected as Expected;
  const actual: Record<string, unknown> = {};
  if ('error' in wanted) actual['error'] = answer.error ? wanted.error : null;
  if ('raw' in wanted) actual['raw'] = rawOf(answer.raw, answer.returned, answer.value);
  if ('effective' in wanted) actual['effective'] = answer.routes;
  if ('after' in wanted) actual['after'] = answer.routes;
  if ('detail' in wanted) actual['detail'] = answer.error && detailOf(answer.error, String(wanted.detail));
  void key;
  return [expected, actual];
}

/** pac-resolver's texts carry the message of its own engine; the name of the error is what counts. */
function detailOf(error: { name: string; message: string }, wanted: string): string {
  return wanted.startsWith(`${error.name}: `) ? wanted : `${error.name}: ${error.message}`;
}

function rawOf(raw: string | null, returned: string | undefined, value: unknown): unknown {
  if (raw !== null) return raw;
  return returned === 'undefined' ? { $undefined: true } : value;
}

async function askArguments(
  vector: Vector,
  profile: ProfileName,
  key: string,
  expected: Expected,
): Promise<[unknown, unknown]> {
  if (key === 'pac-proxy-agent') {
    const { agentArguments } = await import('../../src/pac/index.ts');
    return [expected, agentArguments(url(vector))];
  }
  using pac = await loadPac(vector['pac'] as string);
  const { script, raw } = await pac.resolve(url(vector), { profile });
  return [
    { ...expected, raw: `${expected.url} ${expected.host}` },
    { ...script, raw },
  ];
}

interface FetchVector {
  redirect?: number;
  status?: number;
  delayMs?: number;
  location?: string;
  then?: { status: number };
}

async function askFetch(vector: Vector, profile: ProfileName, expected: unknown): Promise<[unknown, unknown]> {
  const response = (vector['response'] ?? { status: 200 }) as FetchVector;
  const verdict = judgeFetch(
    {
      url: 'http://wpad.example.test/wpad.dat',
      status: response.then?.status ?? response.status ?? 200,
      ms: response.delayMs ?? 0,
      redirects: response.location ? [response.location] : [],
      contentType: 'application/x-ns-proxy-autoconfig',
    },
    profileNamed(profile),
  );
  const mandatory = (vector['config'] as { pacMandatory?: boolean } | undefined)?.pacMandatory ?? false;
  if (!verdict.used) return [expected, ['DIRECT']];
  using pac = await loadPac(vector['pac'] as string);
  const answer = await pac.resolve(url(vector), { profile, mandatory });
  return [expected, Array.isArray(expected) ? answer.routes : { error: answer.error?.name }];
}

interface Step {
  at: number;
  ret?: string;
  down?: string[];
  expect: Record<string, { attempts?: string[]; order?: string[]; result?: string }>;
}

/** [step, profile key, expected, actual] for every expectation of a failover vector. */
export function askFailover(vector: Vector): [string, string, unknown, unknown][] {
  const steps = (vector['steps'] ?? vector['requests']) as Step[];
  const keys = new Set(steps.flatMap((step) => Object.keys(step.expect)));
  return [...keys].flatMap((key) => {
    const profile = profileNamed(vectorProfiles[key] ?? 'chromium');
    const memory = new ProxyMemory(profile);
    return steps.flatMap((step) => failoverStep(vector, step, key, profile, memory));
  });
}

function failoverStep(
  vector: Vector,
  step: Step,
  key: string,
  profile: ReturnType<typeof profileNamed>,
  memory: ProxyMemory,
): [string, string, unknown, unknown][] {
  const routes = (step.ret ?? (vector['ret'] as string)).split(/; */);
  const order = failoverOrder(routes, memory, step.at * 1000);
  const down = new Set(step.down ?? (vector['down'] as string[] | undefined) ?? []);
  const attempts: string[] = [];
  const worked = order.find((route) => {
    attempts.push(route);
    return !down.has(route);
  });
  const expected = step.expect[key];
  if (!expected) return [];
  if (!expected.order)
    memory.finished(
      attempts.filter((route) => down.has(route)),
      worked ?? null,
      step.at * 1000,
    );
  const actual = {
    ...(expected.attempts && { attempts }),
    ...(expected.order && { order }),
    ...(expected.result && { result: worked ? 'ok' : 'error' }),
  };
  return [[`at ${step.at} s`, key, expected, actual]];
}
