/**
 * Regular expressions that may run outside of the sandbox: those for which the number of ways to try is known beforehand.
 *
 * What is allowed is little (characters, classes, alternatives, optional groups, quantifiers of single characters), means
 * the same in every engine, and leaves at most `factor * length ** degree` ways through a text.
 */
import { unsureHere, type Fuel } from './machine.ts';

/** Ways through a text: `factor * (length + 1) ** degree`. */
interface Ways {
  readonly factor: number;
  readonly degree: number;
}

export type Test = (text: string) => boolean;

/** Ways that are few enough: some milliseconds at the worst. */
const few = 300_000;

const once: Ways = { factor: 1, degree: 0 };
const character = /[\w \-~:@%=&,;'"!#<>`/]/;
const escaped = /[.\-/\\^$*+?()[\]{}|dDwWsSbB]/;
const classText = /^\[\^?(?:(?:[\w \-~:@%=&,;'"!#<>`/.*+?(){}|$]|\\[.\-/\\^$*+?()[\]{}|dDwWsS])+)\]/;

/** Null for an expression that is not of these. Flags: none, or "i". */
export function boundedTest(source: string, flags: string, fuel: Fuel): Test | null {
  if (!/^i?$/.test(flags) || source.length > 2000) return null;
  const reader = new Reader(source);
  const ways = reader.alternatives();
  const compiled = ways && reader.done ? compiledOrNull(source, flags) : null;
  if (!ways || !compiled) return null;
  const anchored = source.startsWith('^') && !source.includes('|');
  const degree = ways.degree + (anchored ? 0 : 1);
  return (text) => {
    const most = ways.factor * (text.length + 1) ** degree;
    if (most > few || /[^\0-\x7f]/.test(text)) unsureHere();
    fuel.compare(most, 10);
    return compiled.test(text);
  };
}

function compiledOrNull(source: string, flags: string): RegExp | null {
  try {
    return new RegExp(source, flags);
  } catch (error) {
    if (error instanceof SyntaxError) return null; // the engine words it
    throw error;
  }
}

class Reader {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  get done(): boolean {
    return this.#at === this.#source.length;
  }

  alternatives(depth = 0): Ways | null {
    if (depth > 20) return null;
    let all: Ways = { factor: 0, degree: 0 };
    do {
      const ways = this.#sequence(depth);
      if (!ways) return null;
      all = { factor: all.factor + ways.factor, degree: Math.max(all.degree, ways.degree) };
    } while (this.#take('|'));
    return all;
  }

  #sequence(depth: number): Ways | null {
    let all = once;
    while (!this.done && !/[|)]/.test(this.#source[this.#at] ?? '')) {
      const ways = this.#source[this.#at] === '(' ? this.#group(depth) : this.#single();
      if (!ways) return null;
      all = { factor: all.factor * ways.factor, degree: all.degree + ways.degree };
    }
    return all;
  }

  #group(depth: number): Ways | null {
    this.#at++;
    if (this.#source.startsWith('?', this.#at)) {
      if (!this.#source.startsWith('?:', this.#at)) return null;
      this.#at += 2;
    }
    const inner = this.alternatives(depth + 1);
    if (!inner || !this.#take(')')) return null;
    const optional = this.#take('?');
    if (/[*+{?]/.test(this.#source[this.#at] ?? '')) return null;
    return optional ? { factor: inner.factor + 1, degree: inner.degree } : inner;
  }

  /** A character, a class or an assertion, with its quantifier. */
  #single(): Ways | null {
    if (this.#take('^') || this.#take('$')) return /[*+?{]/.test(this.#source[this.#at] ?? '') ? null : once;
    if (!this.#atom()) return null;
    const [quantifier = '', least, comma, most] =
      /^(?:[*+?]|\{(\d{1,3})(,?)(\d{0,3})\})/.exec(this.#source.slice(this.#at, this.#at + 12)) ?? [];
    this.#at += quantifier.length;
    if (quantifier !== '') this.#take('?');
    if (/[*+?{]/.test(this.#source[this.#at] ?? '')) return null;
    if (quantifier === '' || (least !== undefined && comma === '')) return once;
    if (quantifier === '?') return { factor: 2, degree: 0 };
    if (most === undefined || most === '') return { factor: 1, degree: 1 };
    return { factor: Math.max(1, Number(most) - Number(least) + 1), degree: 0 };
  }

  #atom(): boolean {
    const char = this.#source[this.#at] ?? '';
    if (char === '.' || character.test(char)) return this.#skip(1);
    if (char === '\\') {
      const next = this.#source[this.#at + 1] ?? '';
      return escaped.test(next) && this.#skip(2);
    }
    const inClass = char === '[' ? classText.exec(this.#source.slice(this.#at))?.[0] : undefined;
    if (inClass === undefined || /\\[dDwWsS]-.|-\\[dDwWsS]/.test(inClass)) return false;
    return this.#skip(inClass.length);
  }

  #skip(length: number): true {
    this.#at += length;
    return true;
  }

  #take(text: string): boolean {
    return this.#source.startsWith(text, this.#at) && this.#skip(text.length);
  }
}
