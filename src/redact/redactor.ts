/** Names, addresses, paths and secrets replaced, each by the same stand-in wherever it stands. */
import { plainEndings, plainWords, publicLabels, publicSuffixes } from './kept.ts';
import { Addresses } from './addresses.ts';
import { Words } from './words.ts';

const label = String.raw`[\p{L}\p{N}*?_-]`;
const pieces = new RegExp(
  [
    String.raw`(?<=:\/\/)[^\s/@"'<>]+@`,
    String.raw`(?<![\p{L}\p{N}.])\d{1,3}(?:\.\d{1,3}){3}(?:\/\d{1,2})?(?![\p{L}\p{N}]|\.\d)`,
    String.raw`(?<![\p{L}\p{N}.])\d{1,3}\.\d{1,3}\.(?:\d{1,3}\.)?(?=[*?"']|$)`,
    String.raw`(?<![\p{L}\p{N}:.])(?:(?:[\da-f]{1,4}:){7}[\da-f]{1,4}|[\da-f]{1,4}(?::[\da-f]{1,4})*::(?:[\da-f]{1,4}(?::[\da-f]{1,4})*)?)(?![\p{L}\p{N}:])`,
    String.raw`(?<![\p{L}\p{N}:])::(?:[\da-f]{1,4}(?::[\da-f]{1,4})*)(?![\p{L}\p{N}:])`,
    `${label}*(?:\\.${label}*[\\p{L}\\p{N}]${label}*)+`,
    String.raw`(?<=[\p{L}\p{N}\]*?_-]):\d{1,5}(?![\p{L}\p{N}]|\.\d)`,
    String.raw`[\p{L}\p{N}]+`,
  ]
    .map((each) => `(${each})`)
    .join('|'),
  'giu',
);

/** Of regular expressions: sets, addresses, names, escapes and words. */
const patternPieces =
  /(\[[^\]]*\])|((?:\d{1,3}\\?\.){1,3}(?:\d{1,3})?)|([\p{L}\p{N}_-]*(?:(?:\\\.|\.(?![*+?]))[\p{L}\p{N}_-]+)+)|(\\.|\(\?[a-z<!=:]*)|([\p{L}\p{N}]+)/giu;

/** Endings for what was somebody's: kept for examples and tests (RFC 2606). */
const endings = ['example', 'test', 'invalid'];

export class Redactor {
  readonly words = new Words();
  readonly addresses = new Addresses();
  readonly #endings = new Map<string, string>();
  readonly #names = new Map<string, string>();

  /** A value that is no sentence: a URL, a name, a pattern, a list, an account, a realm. */
  text(value: string): string {
    return value.replace(pieces, (whole: string, ...groups: (string | undefined)[]) => {
      const [user, four, begin, six, shortSix, dotted, port] = groups;
      if (user !== undefined) return this.#user(user);
      if (four !== undefined) return this.#four(four);
      if (begin !== undefined) return this.addresses.begins(begin);
      if (six !== undefined || shortSix !== undefined) return this.addresses.six(whole);
      if (dotted !== undefined) return this.host(dotted);
      return port ?? this.words.in(whole);
    });
  }

  /** Names with dots, patterns of such names among them. */
  host(name: string): string {
    const lower = name.toLowerCase();
    const reversed = this.#reversed(lower);
    if (reversed !== undefined) return this.#named(lower, reversed);
    const suffix = publicSuffixes.find((each) => lower === each || lower.endsWith(`.${each}`));
    if (suffix !== undefined) {
      const own = name.slice(0, Math.max(0, name.length - suffix.length - 1));
      const before = own
        .split('.')
        .map((each) => (publicLabels.has(each.toLowerCase()) ? each : this.words.in(each)))
        .join('.');
      const dot = name.length > suffix.length ? '.' : '';
      return this.#named(lower, `${before}${dot}${name.slice(name.length - suffix.length)}`);
    }
    const labels = name.split('.');
    const last = labels.pop() ?? '';
    return this.#named(lower, [...labels.map((each) => this.words.in(each)), this.#ending(last)].join('.'));
  }

  /** A regular expression, JavaScript's or .NET's: escaped dots are dots of names. */
  pattern(source: string): string {
    return source.replace(patternPieces, (whole: string, ...groups: (string | undefined)[]) => {
      const [, address, dotted, , word] = groups;
      const again = (text: string): string => text.replaceAll('.', whole.includes('\\.') ? '\\.' : '.');
      if (address !== undefined) return again(this.addresses.begins(address.replaceAll('\\', '')));
      if (dotted !== undefined) return again(this.host(dotted.replaceAll('\\', '')));
      return word === undefined ? whole : this.words.in(word);
    });
  }

  /** A sentence: names with dots, addresses, and words that were met before. */
  prose(sentence: string): string {
    const names = sentence.replace(pieces, (whole: string, ...groups: (string | undefined)[]) => {
      const [user, four, , six, , dotted] = groups;
      if (user !== undefined) return this.#user(user);
      if (four !== undefined) return this.#four(four);
      if (six !== undefined) return this.addresses.six(six);
      if (dotted !== undefined && this.#isName(dotted)) return this.host(dotted);
      return whole;
    });
    // Addresses are replaced by now; their numbers are no words.
    return names.replace(/\d{1,3}(?:\.\d{1,3}){3}|[\p{L}\p{N}]+/gu, (run) =>
      run.includes('.') || this.words.isStandIn(run.toLowerCase()) ? run : this.words.known(run),
    );
  }

  /** Words of a program's own: `isKranichHost`. */
  identifier(name: string): string {
    if (plainWords.has(name.toLowerCase())) return name;
    return name.replace(/\p{Lu}?\p{Ll}+|\p{Lu}+(?!\p{Ll})|\p{N}+/gu, (part) => this.words.in(part));
  }

  /** What was replaced by what: for whoever has to translate back. */
  get map(): Record<'names' | 'words' | 'addresses', Record<string, string>> {
    const changed = (map: ReadonlyMap<string, string>): Record<string, string> =>
      Object.fromEntries([...map].filter(([from, to]) => from !== to));
    return {
      names: changed(this.#names),
      words: changed(this.words.map),
      addresses: changed(this.addresses.map),
    };
  }

  /** The names of reverse lookups are addresses from behind. */
  #reversed(name: string): string | undefined {
    const four = /^((?:\d{1,3}\.){1,4})in-addr\.arpa\.?$/.exec(name)?.[1];
    if (four !== undefined) {
      const octets = four.split('.').filter(Boolean).toReversed();
      const whole =
        octets.length === 4 ? this.addresses.four(octets.join('.')) : this.addresses.begins(octets.join('.'));
      return `${whole.split('.').filter(Boolean).toReversed().join('.')}.in-addr.arpa`;
    }
    const nibbles = /^((?:[\da-f]\.){8,32})ip6\.arpa\.?$/.exec(name)?.[1];
    return nibbles === undefined ? undefined : `${this.words.secret(nibbles)}.ip6.arpa`;
  }

  #isName(dotted: string): boolean {
    return this.#names.has(dotted.toLowerCase()) || /\p{L}{2,}$/u.test(dotted);
  }

  #named(lower: string, found: string): string {
    this.#names.set(lower, found.toLowerCase());
    return found;
  }

  #ending(last: string): string {
    const lower = last.toLowerCase();
    if (/[*?\d]/.test(last) || plainEndings.has(lower)) return last;
    const found = this.#endings.get(lower) ?? endings[this.#endings.size] ?? this.words.in(last);
    this.#endings.set(lower, found);
    return last === last.toUpperCase() ? found.toUpperCase() : found;
  }

  #user(text: string): string {
    const [name = '', ...rest] = text.slice(0, -1).split(':');
    const secret = rest.length > 0 ? `:${this.words.secret(rest.join(':'))}` : '';
    return `${this.text(decoded(name)).replaceAll(/[^\w.-]/g, '_')}${secret}@`;
  }

  #four(text: string): string {
    const [address = '', bits] = text.split('/');
    return bits === undefined
      ? this.addresses.four(address)
      : `${this.addresses.four(address, Math.min(32, Number(bits)))}/${bits}`;
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
