/** Which routes a client will try for a URL, and why: settings → discovery → script → list. */
import { KeptAnswers } from './answers.ts';
import { chooserOn } from '../settings/index.ts';
import type { Choice } from '../settings/index.ts';
import type { Resolution } from '../pac/index.ts';
import { profileOf } from './dialect.ts';
import type { ScriptFailure } from './dialect.ts';
import { evaluate, failureOf, report } from './evaluate.ts';
import { hanging } from './hang.ts';
import { ScriptKeeper } from './keeper.ts';
import type { AutomaticChoice } from './keeper.ts';
import type { Credentials } from './auth/scheme.ts';
import { scriptHabits } from './script-habits.ts';
import type { Script } from './script.ts';
import type { ClientError } from '../trace/events.ts';
import type { ClientInit, ClientTools } from './tools.ts';

export interface Routes {
  routes: readonly string[];
  why: string;
  /** The routes are a script's. */
  scripted: boolean;
  /** Who to be at the proxy, where its own URL says so. */
  credentials: Credentials | null;
  /** The request ends with this when no route carries it; at once when there is none. */
  error: ClientError | null;
}

/** `system`: what a browser does for itself. */
export type Leg = 'cloud' | 'backend' | 'system';

interface Which {
  request: number;
  leg: Leg;
}

export interface RouteFinder {
  /** `text` is the URL as the caller wrote it. */
  find(url: URL, text: string, which: Which): Promise<Routes>;
  /** Carries out what a request has set off without waiting for it. */
  catchUp(): Promise<void>;
  networkChanged(): void;
  /** Forgets scripts and failed searches. */
  drop(): void;
}

export function routeFinder(init: ClientInit, tools: ClientTools): RouteFinder {
  const keeper = init.dialect.pac === null ? undefined : new ScriptKeeper(init, tools);
  const answers = init.dialect.script.answersByHost === true ? new KeptAnswers<Routes>() : undefined;
  /** A script that never returns keeps the only thread there is. */
  let stuck = false;
  const evaluated = async (script: Script, handed: string): Promise<Resolution | undefined> => {
    const { timeLimit } = scriptHabits[profileOf(init.dialect).name];
    const resolution = await script.use((pac) => evaluate(pac, handed, init, tools));
    if (resolution.error?.name !== 'TimeLimit') return resolution;
    stuck = timeLimit === null;
    if (!stuck) await tools.clock.sleep(timeLimit ?? 0);
    return stuck ? undefined : resolution;
  };
  return {
    async find(url, text, { request, leg }) {
      const choice = choose(url, leg, init);
      if (choice.kind === 'failed') return { ...plain([], choice), error: choice.error };
      if (choice.kind !== 'automatic') return plain(choice.routes, choice);
      if (!keeper) return plain(choice.fallback, choice);
      const script = await keeper.current(choice);
      if (stuck) return hanging(request, init, tools);
      if (!script) return without(keeper.failure, choice, init);
      const known = answers?.get(script, url.hostname);
      if (known) return known;
      const handed = scriptHabits[profileOf(init.dialect).name].url === 'text' ? text : url.href;
      const resolution = await evaluated(script, handed);
      if (!resolution) return hanging(request, init, tools);
      report(resolution, url, request, init, tools);
      const found = byScript(resolution, script, { choice, keeper, leg }, init);
      if (found.scripted)
        answers?.put(script, url.hostname, { ...found, why: `${found.why}, asked for this host before` });
      return found;
    },
    catchUp: async () => keeper?.catchUp(),
    networkChanged: () => keeper?.networkChanged(),
    drop() {
      stuck = false;
      answers?.drop();
      keeper?.drop();
    },
  };
}

const plain = (routes: readonly string[], { why, credentials }: Pick<Choice, 'why' | 'credentials'>): Routes => ({
  routes,
  why,
  scripted: false,
  credentials: credentials ?? null,
  error: null,
});

export function choose(url: URL, leg: Leg, init: ClientInit): Choice {
  const chooser = chooserOn(init.settings, leg === 'backend' ? 'backend' : init.dialect.chooser);
  return chooser.choose(init.settings, {
    url: url.href,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    machineSuffix: init.suffix,
    machineIps: [init.host.ip],
  });
}

/** No script can be had: what the settings say otherwise, or, where nothing follows, the client's own complaint. */
function without(failure: ScriptFailure, choice: AutomaticChoice, { dialect }: ClientInit): Routes {
  const { code, detail } = failure;
  const said = dialect.withoutScript?.(failure);
  const why = said ? `no proxy script: ${said.text}` : 'no proxy script: what the settings say otherwise';
  const { mandatory } = dialect;
  const refusal = choice.mandatory === true && mandatory ? { ...mandatory, cause: code } : said;
  const error = choice.fallback.length > 0 ? null : (refusal ?? { name: code, text: detail, cause: code });
  return { ...plain(choice.fallback, { why }), error };
}

function byScript(
  resolution: Resolution,
  script: Script,
  { choice, keeper, leg }: { choice: AutomaticChoice; keeper: ScriptKeeper; leg: Leg },
  init: ClientInit,
): Routes {
  const { dialect } = init;
  const { error, failedOpen, consulted, routes } = resolution;
  if (error?.phase === 'load' && dialect.script.brokenIsMissing) {
    keeper.broken(script, failureOf(error));
    return without(keeper.failure, choice, init);
  }
  const missing = choice.mandatory === true || profileOf(dialect).failure.scriptError === 'caller-decides';
  if (error && missing) return without({ ...failureOf(error), stage: 'script' }, choice, init);
  const own = leg === 'system' ? (dialect.connect.systemTail ?? []) : [];
  const tail = consulted && !failedOpen ? [...choice.tail, ...own] : [];
  const usable = routes.filter((route) => dialect.connect.usable(route));
  return {
    routes: [...usable, ...tail.filter((route) => !usable.includes(route))],
    why: `the script at ${script.found.url}`,
    scripted: true,
    credentials: null,
    error: error && !failedOpen ? { name: error.name, text: error.message, cause: failureOf(error).code } : null,
  };
}
