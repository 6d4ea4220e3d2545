/**
 * Plain scripts: those that only compare. Most PAC files are, or most of what they do for most requests is.
 *
 * A plain script has constants, tables, lists and functions at its top, and functions that read, compare and return. It
 * changes nothing that the next request could see, so its answer can be computed anywhere, more than once, and in any
 * order. It is computed here by functions made of its syntax tree: nothing of the script is ever run as JavaScript
 * outside the sandbox, and there is nothing in the tree that could reach beyond texts and numbers. Loops and calls are
 * counted, texts have a longest length. Wherever an answer would need more (a name, the clock, a value of another kind,
 * too many steps), there is none, and the engine is asked the whole question.
 */
import { helpers } from '../helpers/index.ts';
import type { Profile } from '../profile.ts';
import { parseScript, type SyntaxNode } from '../syntax.ts';
import type { HelperCall } from '../result.ts';
import type { KnownHelper, Scope } from './expressions.ts';
import { noTwin, twins } from './helpers.ts';
import { Fuel, longest, NotPlain, Unsure, type Expression, type Frame, type Value } from './machine.ts';
import { newMethods, oldMethods } from './methods.ts';
import { declarationsOf, localsOf } from './scope.ts';
import { sequence } from './statements.ts';

export interface PlainScript {
  /** The answer, or undefined where only the engine knows. */
  readonly answer: (url: string, host: string) => string | undefined;
  /** The helper calls behind an answer. */
  readonly calls: (url: string, host: string) => readonly HelperCall[];
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

interface Reading {
  readonly source: string;
  readonly tree: SyntaxNode;
  readonly profile: Profile;
  readonly entry: string;
}

function compiled(reading: Reading): PlainScript {
  const answer = program(reading, null);
  let traced: typeof answer | null = null;
  let calls: HelperCall[] = [];
  return {
    answer,
    calls: (url, host) => {
      calls = [];
      traced ??= program(reading, (call) => calls.push(call));
      traced(url, host);
      return calls;
    },
  };
}

type Callable = (args: readonly Value[]) => Value;

function program({ source, tree, profile, entry }: Reading, noted: Scope['noted']): PlainScript['answer'] {
  const helper = (name: string): KnownHelper | undefined => knownHelper(name, profile);
  const taken = (name: string): boolean =>
    helper(name) !== undefined ||
    name in globalThis ||
    /^(?:undefined|NaN|Infinity|__proto__|eval|arguments)$/.test(name);
  const declared = declarationsOf(tree, taken);
  const fuel = new Fuel();
  const made = new Map<string, Callable | null>();
  const methods = profile.script.language === 'jscript' ? oldMethods : { ...oldMethods, ...newMethods };
  const callable = (name: string): Callable => {
    const before = made.get(name);
    if (before) return before;
    const node = declared.functions.get(name);
    if (!node || before === null) throw new NotPlain('no function, or one that calls itself');
    made.set(name, null);
    const { places, parameters } = localsOf(node);
    const scope: Scope = { places, declared, helper, methods, callOf, noted, source };
    const body = sequence((node['body'] as SyntaxNode)['body'] as unknown[], scope, fuel);
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
  return asked(callable(entry), fuel);
}

function asked(run: Callable, fuel: Fuel): PlainScript['answer'] {
  return (url, host) => {
    if (url.length > longest) return undefined;
    fuel.fill();
    try {
      const answer = run([url, host]);
      return typeof answer === 'string' ? answer : undefined;
    } catch (error) {
      if (error instanceof Unsure || error instanceof RangeError) return undefined;
      throw error;
    }
  };
}

/** What this client has under the name; undefined when it has no helper of that name. */
function knownHelper(name: string, profile: Profile): KnownHelper | undefined {
  const choice = Object.hasOwn(profile.helpers, name) ? profile.helpers[name] : undefined;
  const variant = helpers.find((helper) => helper.name === name)?.variants[choice ?? ''];
  if (choice === undefined || !variant) return undefined;
  return { name, twin: twins[name]?.[choice] ?? noTwin, parameters: variant.parameters?.length ?? 0 };
}
