/**
 * Twins of helpers: the same answers as the text in `helpers/` gives inside the engine. What has no twin, and arguments that
 * are no texts, are left to the engine.
 */
import { dateRange, timeRange, weekdayRange } from './clock.ts';
import { textIn, unsureHere, type Expression, type Frame, type Fuel, type Value } from './machine.ts';
import type { Outside } from './outside.ts';
import { browserMatcher, wildcardMatcher, type Matcher } from './patterns.ts';
import { boundedTest } from './regular.ts';

/** What twins work with. */
export interface TwinTools {
  readonly outside: Outside;
  readonly fuel: Fuel;
  /** The client's own dnsResolve. */
  readonly resolve: (name: string) => Value;
}

/** Makes the call of a helper with these arguments. */
export type Make = (args: readonly Expression[], literals: readonly Value[], tools: TwinTools) => Expression;

export interface Twin {
  readonly make: Make;
  /** Arguments that are noted; null: all of them. */
  readonly parameters: number | null;
}

const twin = (parameters: number | null, make: Make): Twin => ({ parameters, make });

const unary = (compute: (text: string, tools: TwinTools) => Value): Twin =>
  twin(1, ([first = absent, ...more], _, tools) => (frame) => {
    const text = textIn(first(frame));
    for (const each of more) each(frame);
    return compute(text, tools);
  });

const binary = (compute: (a: string, b: string) => Value): Twin =>
  twin(2, ([first = absent, second = absent, ...more]) => (frame) => {
    const a = textIn(first(frame));
    const b = textIn(second(frame));
    for (const each of more) each(frame);
    return compute(a, b);
  });

const absent: Expression = () => undefined;

/** Takes no arguments, but computes those that are given. */
const nullary = (compute: (tools: TwinTools) => Value): Twin =>
  twin(0, (args, _, tools) => (frame) => {
    for (const each of args) each(frame);
    return compute(tools);
  });

const ofClock = (compute: typeof weekdayRange): Twin =>
  twin(null, (args, _, { outside }) => (frame) => {
    const values = args.map((each) => each(frame));
    return compute(outside.setting, values);
  });

/** shExpMatch: a pattern that stands in the script is prepared once. */
const matching = (make: (pattern: string, fuel: Fuel) => Matcher | null): Twin =>
  twin(2, ([text = absent, pattern = absent, ...more], [, literal], { fuel }) => {
    const prepared = typeof literal === 'string' ? make(literal, fuel) : null;
    const length = typeof literal === 'string' ? literal.length : 0;
    const known = new Map<string, Matcher | null>();
    const matcherOf = (wanted: string): Matcher => {
      let found = known.get(wanted);
      if (found === undefined) {
        if (known.size > 20_000) unsureHere();
        known.set(wanted, (found = make(wanted, fuel)));
      }
      return found ?? unsureHere();
    };
    if (prepared && more.length === 0)
      return (frame) => {
        const given = textIn(text(frame));
        fuel.compare(given.length, length);
        return prepared(given);
      };
    return (frame) => {
      const given = textIn(text(frame));
      const wanted = textIn(pattern(frame));
      for (const each of more) each(frame);
      fuel.compare(given.length, wanted.length);
      return matcherOf(wanted)(given);
    };
  });

/** The browsers make a regular expression of the pattern; only what they translate is, in most of them. */
function browserPattern(pattern: string, fuel: Fuel): Matcher | null {
  const source = `^${pattern.replace(/\./g, '\\.').replace(/\*/g, '.*').replace(/\?/g, '.')}$`;
  return browserMatcher(pattern) ?? boundedTest(source, '', fuel);
}

const digitNine = 0x39;
const quadText = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

/** Four octets as a signed number, null for another text. */
function quad(text: string): number | null {
  const match = text.charCodeAt(0) <= digitNine ? quadText.exec(text) : null; // most texts are names
  if (!match) return null;
  const [a = 0, b = 0, c = 0, d = 0] = match.slice(1).map(Number);
  return Math.max(a, b, c, d) > 255 ? null : (a << 24) | (b << 16) | (c << 8) | d;
}

/** The same for any text, where each part is cut to 8 bits. */
function octets(text: string): number {
  const [a, b, c, d] = text.split('.').map((part) => Number(part) & 255);
  return ((a ?? 0) << 24) | ((b ?? 0) << 16) | ((c ?? 0) << 8) | (d ?? 0);
}

const isInNet = twin(3, ([host = absent, pattern = absent, mask = absent, ...more], literals, { resolve }) => {
  const [network, bits] = [quadOf(pattern, literals[1]), quadOf(mask, literals[2])];
  return (frame) => {
    const text = textIn(host(frame));
    const [wanted, kept] = [network(frame), bits(frame)];
    for (const each of more) each(frame);
    if (wanted === null || kept === null) return false;
    let own = quad(text);
    if (own === null) {
      const found = resolve(text);
      if (typeof found !== 'string') return false;
      own = quad(found) ?? octets(found);
    }
    return (own & kept) === (wanted & kept);
  };
});

/** The octets of an argument; one that stands in the script is read once. */
function quadOf(argument: Expression, literal: Value): (frame: Frame) => number | null {
  if (typeof literal !== 'string') return (frame) => quad(textIn(argument(frame)));
  const known = quad(literal);
  return () => known;
}

/** dnsResolve by the name of its variant. */
const resolvers: Readonly<Record<string, (outside: Outside, name: string) => Value>> = {
  ipv4: (outside, name) => outside.ask('A', name),
  'any-family': (outside, name) => outside.ask('first', name),
  'ipv4-or-false': (outside, name) => outside.ask('A', name) ?? false,
};

/** dnsResolve of the client; where it has none that is known here, scripts that need it are left to the engine. */
export function resolverOf(variant: string | undefined, outside: Outside): (name: string) => Value {
  const known = resolvers[variant ?? ''];
  return known ? (name) => known(outside, name) : () => unsureHere();
}

const dnsResolve = unary((name, { resolve }) => resolve(name));
const isResolvable = unary((name, { resolve }) => typeof resolve(name) === 'string');

/** Twin by name of the helper and of its variant. */
export const twins: Readonly<Record<string, Readonly<Record<string, Twin>>>> = {
  dnsDomainIs: { suffix: binary((host, domain) => host.endsWith(domain)) },
  dnsDomainLevels: { dots: unary((host) => host.split('.').length - 1) },
  localHostOrDomainIs: { prefix: binary((host, full) => host === full || full.startsWith(`${host}.`)) },
  isInNet: { quad: isInNet, 'quad-private': isInNet },
  isValidIpAddress: { quad: unary((text) => quad(text) !== null) },
  convert_addr: { quad: unary(octets) },
  isPlainHostName: {
    'not-an-address': unary((host, { outside }) => {
      if (host.includes('.')) return false;
      return !/^[0-9a-fA-FxX:]+$/.test(host) || outside.ask('isAddress', host) === false;
    }),
    'no-dot-no-colon': unary((host) => !host.includes('.') && !host.includes(':')),
    'no-dot': unary((host) => !host.includes('.')),
  },
  shExpMatch: { 'regular-expression': matching(browserPattern), wildcards: matching(wildcardMatcher) },
  dnsResolve: { ipv4: dnsResolve, 'any-family': { ...dnsResolve, parameters: null }, 'ipv4-or-false': dnsResolve },
  isResolvable: { 'dns-resolve': isResolvable, ipv4: isResolvable },
  dnsResolveEx: { list: unary((name, { outside }) => outside.ask('all', name)) },
  isResolvableEx: { list: unary((name, { outside }) => outside.ask('all', name) !== '') },
  myIpAddress: {
    primary: nullary(({ outside }) => outside.ask('myIp', '')),
    ipv4: nullary(({ outside }) => outside.ask('myIpv4', '')),
  },
  myIpAddressEx: { list: nullary(({ outside }) => outside.ask('myIpAll', '')) },
  weekdayRange: { wrapping: ofClock(weekdayRange) },
  dateRange: { overflowing: ofClock(dateRange) },
  timeRange: { 'throws-text': ofClock(timeRange), 'throws-error': ofClock(timeRange) },
};

/** A helper that exists and has no twin: its arguments may be anything, the engine is asked. */
export const noTwin: Twin = twin(0, () => () => unsureHere());
