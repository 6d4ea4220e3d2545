/** Names, addresses, paths and secrets replaced, each by the same stand-in wherever it stands. */
import { isTechnical, plainEndings, plainWords, publicLabels, publicSuffixes } from './kept.ts';
import { Addresses } from './addresses.ts';
import { Words } from './words.ts';

const label = String.raw`[\p{L}\p{N}*?_-]`;
const pieces = new RegExp(
  [
    String.raw`(?<=:\/\/)[^\s/@"'<>]+@`,
    // One of version 4 may stand at the end of one of version 6.
    String.raw`(?<![\p{L}\p{N}.])(?:(?<![\p{L}\p{N}:])(?:[\da-f]{0,4}:){2,6}:?)?\d{1,3}(?:\.\d{1,3}){3}(?:\/\d{1,2})?(?![\p{L}\p{N}]|\.\d)`,
    String.raw`(?<![\p{L}\p{N}.])\d{1,3}\.\d{1,3}\.(?:\d{1,3}\.)?(?=[*?"']|$)`,
    String.raw`(?<![\p{L}\p{N}:.])(?:(?:[\da-f]{1,4}:){7}[\da-f]{1,4}|[\da-f]{1,4}(?::[\da-f]{1,4})*::(?:[\da-f]{1,4}(?::[\da-f]{1,4})*)?)(?![\p{L}\p{N}:])`,
    String.raw`(?<![\p{L}\p{N}:])::(?:[\da-f]{1,4}(?::[\da-f]{1,4})*)(?![\p{L}\p{N}:])`,
    String.raw`(?<![\p{L}\p{N}:.])(?:[\da-f]{1,4}:){2,7}(?=\*)`,
    String.raw`[\p{L}\p{N}]*(?:%[\da-f]{2}[\p{L}\p{N}]*)+`,
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

/** Fields of filters, addresses, words joined by dashes. */
const compounds =
  /(?<![\p{L}\p{N}_.])[a-z]\p{L}*\d?(?:\.[\p{L}_\d]+)+|\d{1,3}(?:\.\d{1,3}){3}|[\p{L}\p{N}]+(?:[-_][\p{L}\p{N}]+)*/giu;

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
      const [user, four, begin, six, shortSix, beginSix, percent, dotted, port] = groups;
      if (user !== undefined) return this.#user(user);
      if (four !== undefined) return this.#four(four);
      if (beginSix !== undefined) return this.addresses.beginsSix(beginSix);
      if (percent !== undefined) return encodeURIComponent(this.text(unescaped(percent)));
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
      const [user, four, , six, shortSix, , percent, dotted] = groups;
      if (user !== undefined) return this.#user(user);
      if (four !== undefined) return this.#four(four);
      if (six !== undefined || shortSix !== undefined) return this.addresses.six(whole);
      if (percent !== undefined) return this.#encoded(percent);
      if (dotted !== undefined && this.#isName(dotted)) return this.host(dotted);
      return whole;
    });
    return names.replace(compounds, (run) => this.#compound(run));
  }

  /** A number alone is a status, a port or a count; beside a word of somebody's it may be his. */
  #compound(run: string): string {
    if (/^\p{N}{1,5}$/u.test(run)) return run;
    // Addresses are replaced by now; their numbers are no words.
    if (run.includes('.') || isTechnical(run.toLowerCase())) return run;
    const parts = run.split(/([-_])/);
    const changed = parts.map((part) => this.#knownWord(part));
    const isSomebodys = changed.some((part, index) => part !== parts[index] && !/^\p{N}+$/u.test(part));
    return changed
      .map((part, index) => (/^\p{N}{1,5}$/u.test(parts[index] ?? '') && !isSomebodys ? parts[index] : part))
      .join('');
  }

  #knownWord(part: string): string {
    return this.words.isStandIn(part.toLowerCase()) ? part : this.words.known(part);
  }

  #encoded(percent: string): string {
    const plain = unescaped(percent);
    const found = this.words.known(plain);
    return found === plain ? percent : encodeURIComponent(found);
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
    const nibbles = /^((?:[\da-f]\.){4,32})ip6\.arpa\.?$/.exec(name)?.[1];
    if (nibbles !== undefined) return `${this.addresses.nibbles(nibbles)}ip6.arpa`;
    // Windows' way to write such an address where a name is wanted.
    const literal = /^([\da-f-]+)(s[\p{L}\p{N}]+)?\.ipv6-literal\.net\.?$/u.exec(name)?.[1];
    if (literal === undefined) return undefined;
    return `${this.addresses.six(literal.replaceAll('-', ':')).replaceAll(':', '-')}.ipv6-literal.net`;
  }

  #isName(dotted: string): boolean {
    const lower = dotted.toLowerCase();
    return !isTechnical(lower) && (this.#names.has(lower) || /\p{L}{2,}$/u.test(dotted));
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
    const [whole = '', bits] = text.split('/');
    const address = whole.slice(whole.lastIndexOf(':') + 1);
    if (address !== whole)
      return `${this.addresses.mapped(whole.slice(0, -address.length))}${this.addresses.four(address)}`;
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

/** Whatever charset it was: every escape is read. */
function unescaped(text: string): string {
  const found = decoded(text);
  if (found !== text) return found;
  return text.replace(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
