/**
 * Twins of helpers: the same answers as the text in `helpers/` gives inside the engine, for texts. What asks names, the
 * clock or the machine has no twin, so the engine is asked.
 */
import { textIn, unsureHere, type Expression, type Value } from './machine.ts';
import { browserMatcher, wildcardMatcher, type Matcher } from './patterns.ts';

/** Makes the call of a helper with these arguments. */
export type Twin = (args: readonly Expression[], literals: readonly Value[]) => Expression;

const unary =
  (compute: (text: string) => Value): Twin =>
  ([first = absent, ...more]) =>
  (frame) => {
    const text = textIn(first(frame));
    for (const each of more) each(frame);
    return compute(text);
  };

const binary =
  (compute: (a: string, b: string) => Value): Twin =>
  ([first = absent, second = absent, ...more]) =>
  (frame) => {
    const a = textIn(first(frame));
    const b = textIn(second(frame));
    for (const each of more) each(frame);
    return compute(a, b);
  };

const absent: Expression = () => undefined;

/** shExpMatch: a pattern that stands in the script is prepared once. */
const matching =
  (make: (pattern: string) => Matcher | null): Twin =>
  ([text = absent, pattern = absent, ...more], [, literal]) => {
    const prepared = typeof literal === 'string' ? make(literal) : null;
    const known = new Map<string, Matcher | null>();
    const matcherOf = (wanted: string): Matcher => {
      let found = known.get(wanted);
      if (found === undefined) {
        if (known.size > 20_000) unsureHere();
        known.set(wanted, (found = make(wanted)));
      }
      return found ?? unsureHere();
    };
    if (prepared && more.length === 0) return (frame) => prepared(textIn(text(frame)));
    return (frame) => {
      const given = textIn(text(frame));
      const wanted = textIn(pattern(frame));
      for (const each of more) each(frame);
      return matcherOf(wanted)(given);
    };
  };

const quadText = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

/** Four octets as a signed number, null for another text. */
function quad(text: string): number | null {
  const match = quadText.exec(text);
  if (!match) return null;
  const [a = 0, b = 0, c = 0, d = 0] = match.slice(1).map(Number);
  return Math.max(a, b, c, d) > 255 ? null : (a << 24) | (b << 16) | (c << 8) | d;
}

const isInNet: Twin =
  ([host = absent, pattern = absent, mask = absent, ...more]) =>
  (frame) => {
    const [text, wanted, bits] = [textIn(host(frame)), quad(textIn(pattern(frame))), quad(textIn(mask(frame)))];
    for (const each of more) each(frame);
    if (wanted === null || bits === null) return false;
    const own = quad(text) ?? unsureHere(); // a name, which has to be looked up
    return (own & bits) === (wanted & bits);
  };

/** Twin by name of the helper and of its variant. */
export const twins: Readonly<Record<string, Readonly<Record<string, Twin>>>> = {
  dnsDomainIs: { suffix: binary((host, domain) => host.endsWith(domain)) },
  dnsDomainLevels: { dots: unary((host) => host.split('.').length - 1) },
  localHostOrDomainIs: { prefix: binary((host, full) => host === full || full.startsWith(`${host}.`)) },
  isInNet: { quad: isInNet, 'quad-private': isInNet },
  isPlainHostName: {
    'not-an-address': unary((host) => {
      if (host.includes('.')) return false;
      return /^[0-9a-fA-FxX:]+$/.test(host) ? unsureHere() : true;
    }),
    'no-dot-no-colon': unary((host) => !host.includes('.') && !host.includes(':')),
    'no-dot': unary((host) => !host.includes('.')),
  },
  shExpMatch: { 'regular-expression': matching(browserMatcher), wildcards: matching(wildcardMatcher) },
};

/** A helper that exists and has no twin: its arguments may be anything, the engine is asked. */
export const noTwin: Twin = () => () => unsureHere();
