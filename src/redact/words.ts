/**
 * Words and their stand-ins. A stand-in has the length of its word, so that a script that cuts names apart still does;
 * no stand-in stands within another, so that patterns match what they matched. Nothing of a word is in its stand-in.
 */
import { plainNumbers, plainWords } from './kept.ts';

const consonants = 'bdfghklmnprstvwz';
const vowels = 'aiou';

export class Words {
  readonly #standIns = new Map<string, string>();
  readonly #fragments = new Set<string>();
  readonly #taken = new Set<string>();
  /** Lengths of words that are long enough to be known within others, the longest first. */
  #lengths: number[] = [];
  #next = 0;

  /** Every word that was replaced, in lower case, with its stand-in. */
  get map(): ReadonlyMap<string, string> {
    return this.#standIns;
  }

  /** In small letters. */
  isStandIn(word: string): boolean {
    return this.#taken.has(word);
  }

  /** A piece that patterns look for: words that hold it are cut there. */
  fragment(word: string): void {
    const lower = word.toLowerCase();
    if (/^\p{L}{3,}$/u.test(lower) && !this.#standIns.has(lower)) this.#fragments.add(lower);
  }

  /** Replaces every word of a text; ports stay, and so does all that is no letter and no digit. */
  in(text: string): string {
    return text.replace(/(?<=[\p{L}\p{N}\]*?_-]):\d{1,5}(?![\p{L}\p{N}]|\.\d)|[\p{L}\p{N}]+/gu, (run) =>
      run.startsWith(':') ? run : this.#run(run),
    );
  }

  /** Stands for a text as a whole: a password. */
  secret(text: string): string {
    return text === '' ? '' : this.#standIn(text.toLowerCase(), 8);
  }

  /** Replaces words that were met before wherever they stand, also as a part of others. For sentences of ours. */
  known(text: string): string {
    return text.replace(/[\p{L}\p{N}]+/gu, (run) => {
      const found = this.#standIns.get(run.toLowerCase());
      return found === undefined ? this.#within(run) : likeIn(run, found);
    });
  }

  /** From left to right, the longest word at each place. */
  #within(run: string): string {
    const lower = run.toLowerCase();
    // Letters whose small form is longer: nothing stands where it stood.
    if (lower.length !== run.length) return run;
    let said = '';
    for (let at = 0; at < run.length;) {
      const found = this.#at(lower, at);
      said += found?.standIn ?? run.charAt(at);
      at += found?.length ?? 1;
    }
    return said;
  }

  #at(lower: string, at: number): { standIn: string; length: number } | undefined {
    for (const length of this.#lengths) {
      const standIn = at + length > lower.length ? undefined : this.#standIns.get(lower.slice(at, at + length));
      if (standIn !== undefined) return { standIn, length };
    }
    return undefined;
  }

  #run(run: string): string {
    if (plainWords.has(run.toLowerCase())) return run;
    const parts = run.match(/\p{L}+|\p{N}+/gu) ?? [];
    // Much to and fro between letters and digits is no name that people gave: it stands for itself.
    if (parts.length > 3) return likeIn(run, this.#standIn(run.toLowerCase(), run.length));
    return parts.map((part) => this.#part(part)).join('');
  }

  #part(part: string): string {
    const lower = part.toLowerCase();
    if (part.length < 2 || plainWords.has(lower)) return part;
    if (/^\p{N}/u.test(part)) return part.length < 3 || plainNumbers.has(part) ? part : this.#digits(part);
    const known = this.#standIns.get(lower);
    if (known !== undefined) return likeIn(part, known);
    for (const fragment of this.#fragments) {
      const at = lower.indexOf(fragment);
      if (at < 0 || lower.length === fragment.length) continue;
      const end = at + fragment.length;
      return `${this.#part(part.slice(0, at))}${this.#part(part.slice(at, end))}${this.#part(part.slice(end))}`;
    }
    return likeIn(part, this.#standIn(lower, part.length));
  }

  #digits(digits: string): string {
    return this.#kept(digits, () => {
      this.#next += 1;
      const number = String((this.#next * 7919 + 13) % 10 ** Math.min(digits.length, 9));
      return number.padStart(Math.min(digits.length, 9), '7').padStart(digits.length, '9');
    });
  }

  #standIn(word: string, length: number): string {
    return this.#kept(word, (tries) => this.#candidate(length, tries));
  }

  #kept(word: string, candidate: (tries: number) => string): string {
    const known = this.#standIns.get(word);
    if (known !== undefined) return known;
    let found = candidate(0);
    for (let tries = 1; found === word || plainWords.has(found) || this.#clashes(found, tries); tries += 1)
      found = candidate(tries);
    this.#standIns.set(word, found);
    this.#taken.add(found);
    if (word.length > 3 && !this.#lengths.includes(word.length))
      this.#lengths = [...this.#lengths, word.length].toSorted((left, right) => right - left);
    return found;
  }

  /** With thousands of names it is enough that no two are the same. */
  #clashes(found: string, tries: number): boolean {
    if (this.#taken.has(found)) return !(/^\d/.test(found) && tries > 500);
    if (this.#taken.size > 2000) return false;
    return found.length > 3 && [...this.#taken].some((other) => isWithin(found, other));
  }

  /** Short ones begin with letters that long ones do not have, and no country's. There are not many of them. */
  #candidate(length: number, tries: number): string {
    this.#next += 1;
    const number = (this.#next * 40_503) % 65_536;
    if (length === 2 && tries < 50) return `q${'bcdfghjklmnprstvwxyz'[number % 20]}`;
    if (length <= 3 && tries < 600) return `x${consonants[number & 15]}${consonants[(number >> 4) & 15]}`;
    let seed = number + this.#next * 65_536;
    return Array.from({ length: Math.max(length, tries > 600 ? 7 : 4) }, (_, index) => {
      seed = (seed * 69_069 + 12_345) % 4_294_967_296;
      const letters = index % 2 === 0 ? consonants : vowels;
      return letters[Math.floor(seed / 65_536) % letters.length];
    }).join('');
  }
}

const isWithin = (left: string, right: string): boolean =>
  Math.min(left.length, right.length) > 3 && (left.includes(right) || right.includes(left));

/** The stand-in in the letter case of the word. */
function likeIn(word: string, standIn: string): string {
  if (word === word.toLowerCase()) return standIn;
  if (word === word.toUpperCase()) return standIn.toUpperCase();
  return `${standIn.charAt(0).toUpperCase()}${standIn.slice(1)}`;
}
