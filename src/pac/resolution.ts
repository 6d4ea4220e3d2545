/** From the outcome of a run to what the client does with it. */
import { readList, type RouteList } from './list.ts';
import type { Profile } from './profile.ts';
import type { PacError, Resolution, ScriptArguments } from './result.ts';
import type { Run } from './runner.ts';

/** A URL the script is never asked about. */
export const notConsulted: Resolution = {
  consulted: false,
  script: null,
  entry: null,
  raw: null,
  error: null,
  routes: ['DIRECT'],
  failedOpen: false,
  calls: [],
  alerts: [],
  dnsLookups: 0,
  names: [],
  runs: 0,
};

/** True when two clients try the same routes. */
export const sameRoutes = (a: Resolution, b: Resolution): boolean => a.routes.join(';') === b.routes.join(';');

const lists = new Map<string, RouteList>();

/** The result of one request: `run` read by the profile's rules. */
export function resolution(profile: Profile, script: ScriptArguments, run: Run, mandatory = false): Resolution {
  const { entry, calls, alerts, names, runs } = run;
  const answer = run.error ? failed(profile, run.error) : answered(profile, run.text ?? '', run.value);
  if (mandatory && answer.failedOpen && profile.failure.mandatoryError !== null) {
    const error: PacError = {
      phase: 'call',
      name: profile.failure.mandatoryError,
      message: answer.error?.message ?? '',
    };
    return {
      consulted: true,
      script,
      entry,
      ...answer,
      error,
      routes: [],
      failedOpen: false,
      calls,
      alerts,
      dnsLookups: names.length,
      names,
      runs,
    };
  }
  return { consulted: true, script, entry, ...answer, calls, alerts, dnsLookups: names.length, names, runs };
}

type Answer = Pick<Resolution, 'raw' | 'returned' | 'value' | 'error' | 'routes' | 'failedOpen'>;

/** What a prelude text means: `s` a string, `n` the type of anything else. */
export function answered(profile: Profile, text: string, value?: unknown): Answer {
  if (text.startsWith('s')) return fromText(profile, text.slice(1));
  if (text.startsWith('q')) return fromText(profile, JSON.parse(text.slice(1)) as string); // a string, quoted by our prelude
  const returned = text.slice(1);
  if (profile.failure.nonString === 'stringified')
    return { ...fromText(profile, stringified(value)), raw: null, returned, value };
  const message = `the script returned ${returned}, not a string`;
  return { ...failed(profile, { phase: 'call', name: 'NotAString', message }), returned };
}

/** pac-proxy-agent: anything falsy is "DIRECT", the rest goes through String(). */
function stringified(value: unknown): string {
  if (!value) return 'DIRECT';
  if (Array.isArray(value)) return value.join();
  return typeof value === 'object' ? '[object Object]' : String(value as string | number | true);
}

function fromText(profile: Profile, raw: string): Answer {
  if (profile.failure.nonAscii === 'error' && /[^\0-\x7f]/.test(raw)) {
    const error: PacError = {
      phase: 'call',
      name: 'NotAscii',
      message: 'the returned string has characters beyond ASCII',
    };
    return { ...failed(profile, error), raw, returned: 'string' };
  }
  const { routes, error } = cachedList(raw, profile);
  return { raw, returned: 'string', error: error && { phase: 'call', ...error }, routes, failedOpen: false };
}

/** Fail-open clients go DIRECT; for the others the request fails, and there is no route. */
export function failed(profile: Profile, error: PacError): Answer {
  const open = profile.failure.scriptError === 'direct';
  return { raw: null, error, routes: open ? ['DIRECT'] : [], failedOpen: open };
}

function cachedList(raw: string, profile: Profile): RouteList {
  if (raw.length > 1000) return readList(raw, profile);
  const key = `${profile.list} ${raw}`;
  const known = lists.get(key);
  if (known) return known;
  if (lists.size > 10_000) lists.clear();
  const list = readList(raw, profile);
  lists.set(key, list);
  return list;
}
