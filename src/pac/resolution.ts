/** From the outcome of a run to what the client does with it. */
import { readList } from './list.ts';
import type { Profile } from './profile.ts';
import type { Entry, HelperCall, PacError, Resolution, ScriptArguments } from './result.ts';
import type { Run } from './run.ts';

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

/** One for all, so that it can be told from a list that somebody gathered. */
export const none: readonly never[] = [];

const plainRun = { text: null, error: null, alerts: none, names: none, runs: 1 } as const;

type Calls = Run['calls'];

/** The result of one request: `run` read by the profile's rules. */
export function resolution(profile: Profile, script: ScriptArguments, run: Run, mandatory = false): Resolution {
  const answer = run.error ? failed(profile, run.error) : answered(profile, run.text ?? '', run.value);
  const { entry, calls, alerts, names, runs } = run;
  return whole(mandatory ? refused(profile, answer) : answer, { script, entry, calls, alerts, names, runs });
}

/** The result for an answer that needed nothing but the script's text. */
export function plainResolution(
  profile: Profile,
  script: ScriptArguments,
  entry: Entry | null,
  text: string,
  calls: Calls,
  mandatory = false,
): Resolution {
  const answer = answerFor(profile, text);
  if (answer.failedOpen) return resolution(profile, script, { ...plainRun, text: `s${text}`, entry, calls }, mandatory);
  const { raw, error, routes } = answer;
  const result = {
    consulted: true,
    script,
    entry,
    raw,
    returned: 'string',
    error,
    routes,
    failedOpen: false,
    calls: none,
    alerts: none,
    dnsLookups: 0,
    names: none,
    runs: 1,
  };
  return calls === none ? result : withCalls(result, calls);
}

/** Calls that are found out later are computed when somebody first reads them. */
function withCalls(result: Resolution, calls: Calls): Resolution {
  if (typeof calls !== 'function') return { ...result, calls };
  let found: readonly HelperCall[] | null = null;
  return {
    ...result,
    get calls() {
      return (found ??= calls());
    },
  };
}

/** A client that is told to use PAC or nothing does not go DIRECT. */
function refused(profile: Profile, answer: Answer): Answer {
  const name = profile.failure.mandatoryError;
  if (!answer.failedOpen || name === null) return answer;
  const error: PacError = { phase: 'call', name, message: answer.error?.message ?? '' };
  return { ...answer, error, routes: none, failedOpen: false };
}

function whole(
  answer: Answer,
  { script, entry, calls, alerts, names, runs }: Omit<Run, 'text' | 'error' | 'value'> & { script: ScriptArguments },
): Resolution {
  const known = typeof calls === 'function' ? none : calls;
  const dnsLookups = names.length;
  const { raw, returned, error, routes, failedOpen } = answer;
  // Nearly always it is a string that was returned: field by field is many times faster than putting together.
  const result: Resolution =
    returned === undefined || 'value' in answer
      ? { consulted: true, script, entry, ...answer, calls: known, alerts, dnsLookups, names, runs }
      : {
          consulted: true,
          script,
          entry,
          raw,
          returned,
          error,
          routes,
          failedOpen,
          calls: known,
          alerts,
          dnsLookups,
          names,
          runs,
        };
  return calls === known ? result : withCalls(result, calls);
}

type Answer = Pick<Resolution, 'raw' | 'returned' | 'value' | 'error' | 'routes' | 'failedOpen'>;

/** What a prelude text means: `s` a string, `n` the type of anything else. */
export function answered(profile: Profile, text: string, value?: unknown): Answer {
  if (text.startsWith('s')) return answerFor(profile, text.slice(1));
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
  return typeof value === 'string' || typeof value === 'number' || value === true ? String(value) : '[object Object]';
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
  const { routes, error } = readList(raw, profile);
  return { raw, returned: 'string', error: error && { phase: 'call', ...error }, routes, failedOpen: false };
}

/** Fail-open clients go DIRECT; for the others the request fails, and there is no route. */
export function failed(profile: Profile, error: PacError): Answer {
  const open = profile.failure.scriptError === 'direct';
  return { raw: null, error, routes: open ? ['DIRECT'] : [], failedOpen: open };
}

const answers = new WeakMap<Profile, Map<string, Answer>>();

/** What a returned text means. Scripts return the same few texts again and again. */
function answerFor(profile: Profile, raw: string): Answer {
  let known = answers.get(profile);
  if (!known) answers.set(profile, (known = new Map()));
  const before = known.get(raw);
  if (before) return before;
  const answer = fromText(profile, raw);
  if (raw.length > 1000) return answer;
  if (known.size > 10_000) known.clear();
  known.set(raw, answer);
  return answer;
}
