/**
 * Plain scripts: those that only compare. Most PAC files are, or most of what they do for most requests is.
 *
 * A plain script has constants, tables, lists and functions at its top, and functions that read, compare and return. It
 * changes nothing that the next request could see, so its answer can be computed anywhere, more than once, and in any
 * order. It is computed here by functions made of its syntax tree: nothing of the script is ever run as JavaScript
 * outside the sandbox, and there is nothing in the tree that could reach beyond texts and numbers. Loops, calls and long
 * comparisons are counted, texts have a longest length. Names, own addresses and the clock come from where the engine has
 * them. Wherever an answer would need more (a value of another kind, a name that has to be waited for, too many steps),
 * there is none, and the engine is asked the whole question.
 */
import type { Fixed, ResolveOptions } from '../options.ts';
import type { Profile } from '../profile.ts';
import type { HelperCall } from '../result.ts';
import { parseScript, type SyntaxNode } from '../syntax.ts';
import type { KnownHelper, Scope } from './expressions.ts';
import { noTwin, resolverOf, twins } from './helpers.ts';
import { HostMemory } from './ladder.ts';
import { Fuel, longest, NotPlain, Unsure, type Expression, type Frame, type Value } from './machine.ts';
import { newMethods, oldMethods } from './methods.ts';
import { Abandoned, Outside } from './outside.ts';
import { declarationsOf, localsOf } from './scope.ts';
import { sequence } from './statements.ts';
import { Watch, type ReturnPoint } from './watch.ts';

type Asked = ResolveOptions & Partial<Fixed>;

export interface PlainScript {
  /** The answer, or undefined where only the engine knows. */
  readonly answer: (url: string, host: string, options?: Asked) => string | undefined;
  /** What the last answer learned from outside. */
  readonly outside: Outside;
  /** The helper calls behind an answer. */
  readonly calls: (url: string, host: string, options?: Asked) => readonly HelperCall[];
  /** The answer with the returns that the request came through, the last one last; undefined where only the engine knows. */
  readonly returns: (url: string, host: string, options?: Asked) => Returns | undefined;
}

export interface Returns {
  readonly raw: string;
  readonly points: readonly ReturnPoint[];
}

/** Null for a script that is not plain. `entry` is the function that the client calls. */
export function plainScript(source: string, profile: Profile, entry: string): PlainScript | null {
  if (/<!--|-->|^#!/.test(source)) return null;
  try {
    const { tree } = parseScript(source);
    return tree && compiled({ source, tree, profile, entry });
  } catch (error) {
    // A RangeError is a tree too deep for the host's stack.
    if (error instanceof NotPlain || error instanceof RangeError) return null;
    throw error;
  }
}

/** Returns that are followed; marks in a script count no further. */
const longestTrail = 500;

interface Reading {
  readonly source: string;
  readonly tree: SyntaxNode;
  readonly profile: Profile;
  readonly entry: string;
}

interface Program {
  readonly answer: PlainScript['answer'];
  readonly outside: Outside;
}

function compiled(reading: Reading): PlainScript {
  const calls = observed(reading, new Watch(true));
  const returns = observed(reading, new Watch(false));
  return {
    ...program(reading, null),
    calls: (...request) => calls(request).watch.calls,
    returns: (...request) => {
      const { raw, watch } = returns(request);
      return raw === undefined || watch.returns.length > longestTrail ? undefined : { raw, points: watch.returns };
    },
  };
}

type Request = Parameters<PlainScript['answer']>;

/** The same script, looked at while it runs; made when somebody first wants to look. */
function observed(reading: Reading, watch: Watch): (request: Request) => { raw: string | undefined; watch: Watch } {
  let made: Program | null = null;
  return (request) => ({ raw: (made ??= program(reading, watch)).answer(...request), watch });
}

type Callable = (args: readonly Value[]) => Value;

function program({ source, tree, profile, entry }: Reading, watch: Watch | null): Program {
  const helper = (name: string): KnownHelper | undefined => knownHelper(name, profile);
  const taken = (name: string): boolean =>
    helper(name) !== undefined ||
    name in globalThis ||
    /^(?:undefined|NaN|Infinity|__proto__|eval|arguments)$/.test(name);
  const declared = declarationsOf(tree, taken);
  const [fuel, outside] = [new Fuel(), new Outside(profile)];
  const resolve = resolverOf(profile.helpers['dnsResolve'], outside);
  const made = new Map<string, Callable | null>();
  const methods = profile.script.language === 'jscript' ? oldMethods : { ...oldMethods, ...newMethods };
  const callable = (name: string): Callable => {
    const before = made.get(name);
    if (before) return before;
    const node = declared.functions.get(name);
    if (!node || before === null) throw new NotPlain('no function, or one that calls itself');
    made.set(name, null);
    const { places, parameters } = localsOf(node);
    const fixed = { declared, helper, methods, callOf, watch, source, fuel, outside, resolve };
    const hosts = name === entry && !watch?.ofCalls ? new HostMemory(node) : null;
    const scope: Scope = { ...fixed, places, hosts, within: name };
    const body = sequence((node['body'] as SyntaxNode)['body'] as unknown[], scope);
    const run: Callable = (args) => {
      const frame: Frame = args.slice(0, parameters);
      while (frame.length < places.size) frame.push(undefined);
      const ended = body(frame);
      return typeof ended === 'symbol' ? undefined : ended;
    };
    made.set(name, run);
    return run;
  };
  const callOf = (name: string, args: readonly Expression[]): Expression => {
    const run = callable(name);
    return (frame) => {
      const given = args.map((each) => each(frame));
      fuel.enter();
      const value = run(given);
      fuel.leave();
      return value;
    };
  };
  return { answer: asked(callable(entry), fuel, outside, watch), outside };
}

function asked(run: Callable, fuel: Fuel, outside: Outside, watch: Watch | null): PlainScript['answer'] {
  return (url, host, options = {}) => {
    if (url.length > longest) return undefined;
    fuel.fill();
    outside.begin(options);
    for (;;) {
      fuel.start();
      watch?.begin();
      try {
        const answer = run([url, host]);
        if (!outside.startsAgain()) return typeof answer === 'string' ? answer : undefined;
      } catch (error) {
        if (error instanceof Abandoned && outside.startsAgain()) continue;
        if (error instanceof Unsure || error instanceof RangeError) return undefined;
        throw error;
      }
    }
  };
}

/** What this client has under the name; undefined when it has no helper of that name. */
function knownHelper(name: string, profile: Profile): KnownHelper | undefined {
  const choice = Object.hasOwn(profile.helpers, name) ? profile.helpers[name] : undefined;
  if (choice === undefined) return undefined;
  return { name, twin: twins[name]?.[choice] ?? noTwin };
}
