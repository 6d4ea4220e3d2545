/** Which routes a client will try for a URL, and why: settings → discovery → script → list. */
import { chooserFor } from '../settings/index.ts';
import type { Choice } from '../settings/index.ts';
import type { Failure } from '../failure.ts';
import { profileNamed } from '../pac/index.ts';
import type { Resolution } from '../pac/index.ts';
import { discoverByDhcp, discoverByDns, discoverConfigured } from './discover.ts';
import type { DhcpSpec } from './dhcp.ts';
import type { Found } from './discover.ts';
import { hanging } from './hang.ts';
import { fetchScript } from './script.ts';
import { scriptHabits } from './script-habits.ts';
import type { Script } from './script.ts';
import type { ClientError } from '../trace/events.ts';
import type { ClientInit, ClientTools } from './tools.ts';

export interface Routes {
  routes: readonly string[];
  why: string;
  /** The settings cannot be used: the failure, and the client's own words for it. */
  fault: { failure: Failure; error: ClientError } | null;
}

export interface RouteFinder {
  /** `text` is the URL as the caller wrote it. */
  find(url: URL, text: string, which: { request: number; leg: 'cloud' | 'backend' }): Promise<Routes>;
}

/** Keeps the script, and the memory of a failed search, for as long as the dialect does. */
export function routeFinder(init: ClientInit, dhcp: DhcpSpec, tools: ClientTools): RouteFinder {
  const { dialect } = init;
  const { refresh } = profileNamed(dialect.pac).fetch;
  let script: Script | undefined;
  let failures = 0;
  let retryAt = -1;
  const habits = scriptHabits[profileNamed(dialect.pac).name];
  /** A script that never returns keeps the only thread there is. */
  let stuck = false;

  const fresh = (): boolean =>
    script !== undefined &&
    (refresh.afterSuccess === null || tools.clock.now() < script.fetchedAt + refresh.afterSuccess);

  const search = async (choice: Choice): Promise<Script | undefined> => {
    for await (const found of places(choice, init, dhcp, tools)) {
      const fetched = await fetchScript(found, init, tools);
      if (fetched.ok) return fetched.value;
    }
    return undefined;
  };

  const current = async (choice: Choice): Promise<Script | undefined> => {
    if (fresh()) return script;
    if (tools.clock.now() < retryAt) return undefined;
    const retryAfter =
      choice.kind === 'automatic' && choice.retryInterval !== null ? [choice.retryInterval] : refresh.afterFailure;
    const found = await search(choice);
    script?.pac[Symbol.dispose]();
    script = found;
    if (script) failures = 0;
    else retryAt = tools.clock.now() + (retryAfter[Math.min(failures++, retryAfter.length - 1)] ?? 0);
    return script;
  };

  return {
    async find(url, text, { request, leg }) {
      const choice = choose(url, leg, init);
      if (choice.kind === 'failed') return { routes: [], why: choice.why, fault: choice };
      if (choice.kind !== 'automatic') return { routes: choice.routes, why: choice.why, fault: null };
      const found = await current(choice);
      if (stuck) return hanging(request, init, tools);
      if (!found)
        return { routes: choice.fallback, why: 'no proxy script: what the settings say otherwise', fault: null };
      const handed = habits.url === 'text' ? text : url.href;
      const resolution = await evaluate(found, handed, init, tools);
      if (resolution.error?.name === 'TimeLimit') {
        stuck = habits.timeLimit === null;
        if (stuck) return hanging(request, init, tools);
        await tools.clock.sleep(habits.timeLimit ?? 0);
      }
      report(resolution, url, request, init, tools);
      const tail = resolution.consulted && !resolution.failedOpen ? choice.tail : [];
      const usable = resolution.routes.filter((route) => dialect.connect.usable(route));
      return {
        routes: [...usable, ...tail.filter((route) => !usable.includes(route))],
        why: `the script at ${found.found.url}`,
        fault: null,
      };
    },
  };
}

export function choose(url: URL, leg: 'cloud' | 'backend', init: ClientInit): Choice {
  const chooser = chooserFor(leg === 'backend' ? 'backend' : init.dialect.chooser);
  return chooser.choose(init.settings, {
    url: url.href,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    machineSuffix: init.suffix,
    machineIps: [init.host.ip],
  });
}

/** Where to look, in order; the next place is asked only when the one before gave no usable script. */
async function* places(choice: Choice, init: ClientInit, dhcp: DhcpSpec, tools: ClientTools): AsyncGenerator<Found> {
  if (choice.kind !== 'automatic') return;
  if (choice.autoDetect) {
    const byDhcp = await discoverByDhcp(dhcp, init, tools);
    if (byDhcp.found) yield byDhcp.found;
    else if (byDhcp.next) {
      const byDns = await discoverByDns(init, tools);
      if (byDns) yield byDns;
    }
  }
  if (choice.scriptUrl !== null) yield discoverConfigured(choice.scriptUrl, init, tools);
}

async function evaluate({ pac }: Script, url: string, init: ClientInit, tools: ClientTools): Promise<Resolution> {
  return pac.resolve(url, {
    profile: init.dialect.pac,
    resolver: async (name, kind) => {
      const resolved = await tools.resolver.resolve(name, { qtypes: kind === 'A' ? ['A'] : ['A', 'AAAA'] });
      return resolved.ok ? [...resolved.value.addresses] : null;
    },
    myIp: init.ownAddresses,
    now: () => tools.clock.date(),
    timeZone: tools.zone,
    random: () => tools.chance.next(),
    trace: true,
  });
}

/** Helper calls of one request that go into the trace one by one. */
const callsKept = 300;

function report(resolution: Resolution, url: URL, request: number, init: ClientInit, { pen }: ClientTools): void {
  const { consulted, calls, error, raw, returned = null, routes, failedOpen, script, runs } = resolution;
  const who = { client: init.name, request };
  for (const { fn, args, result, line } of calls.slice(0, callsKept))
    pen.write('pac.called', { ...who, helper: fn, args: [...args], result, line });
  if (error) {
    const { phase, name, message, line = null, column = null } = error;
    pen.write('pac.failed', { ...who, phase, name, message, line, column });
  }
  if (!consulted) return;
  const handed = script ?? { url: url.href, host: url.hostname };
  const told = { answer: raw, returned, routes: [...routes], failedOpen, runs, calls: calls.length };
  pen.write('pac.answered', { ...who, ...handed, ...told });
}
