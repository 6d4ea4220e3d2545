/**
 * Requests out of an HTTP archive (HAR 1.2), read in pieces: such files hold whole response bodies and grow to gigabytes.
 *
 * A walk over the JSON that keeps the way to where it stands and the few values it is asked for; everything else, bodies
 * above all, is passed over. It knows a text that is cut off or no JSON by its brackets and words.
 */
import { InputError } from '../failure.ts';
import type { AccessBatch, AccessEntry } from './access-log.ts';

/** Characters of a key or a value that are kept; longer ones count as unread. */
const longest = 1 << 20;

/** Where the size of a response may stand, best first; -1 means that the browser does not know. */
const sizes = ['response._transferSize', 'response.bodySize', 'response.content.size'];
const wanted = new Set(['request.url', ...sizes]);

export class HarReader {
  /** Keys of the objects around, '[]' for lists. */
  readonly #way: string[] = [];
  readonly #brackets: string[] = [];
  #entry: Map<string, string | number> | null = null;
  #entries: AccessEntry[] = [];
  #unread = 0;
  /** What is being read. */
  #inside: 'string' | 'word' | null = null;
  #escaped = false;
  #kept: string | null = null;
  #isKey = false;
  #ended = false;

  /** Takes the next piece of the text and gives the requests that are complete. Throws InputError for what is no JSON. */
  read(text: string): AccessBatch {
    let at = 0;
    while (at < text.length) at = this.#step(text, at);
    const batch = { entries: this.#entries, unread: this.#unread };
    this.#entries = [];
    this.#unread = 0;
    return batch;
  }

  /** After the last piece. */
  end(): void {
    if (!this.#ended) throw notJson('it is cut off');
  }

  #step(text: string, at: number): number {
    if (this.#inside === 'string') return this.#string(text, at);
    if (this.#inside === 'word') return this.#word(text, at);
    const sign = text.charAt(at);
    if (/\s/.test(sign)) return at + 1;
    if (this.#ended) throw notJson('there is more behind its end');
    if (sign === '{' || sign === '[') this.#open(sign);
    else if (sign === '}' || sign === ']') this.#close(sign);
    else if (sign === ',') this.#isKey = this.#brackets.at(-1) === '{';
    else if (sign === ':') this.#isKey = false;
    else {
      this.#inside = sign === '"' ? 'string' : 'word';
      this.#kept = this.#isKey || this.#isWanted() ? '' : null;
      if (sign !== '"') return at;
    }
    return at + 1;
  }

  #open(bracket: string): void {
    this.#brackets.push(bracket);
    this.#way.push(bracket === '[' ? '[]' : '');
    this.#isKey = bracket === '{';
    if (bracket === '{' && this.#depthInEntries() === 0) this.#entry = new Map();
  }

  #close(bracket: string): void {
    if (this.#brackets.pop() !== (bracket === '}' ? '{' : '[')) throw notJson(`a ${bracket} closes nothing`);
    if (this.#entry && this.#depthInEntries() === 0) this.#finish(this.#entry);
    this.#way.pop();
    this.#isKey = false;
    this.#ended = this.#brackets.length === 0;
  }

  #string(text: string, at: number): number {
    if (this.#escaped) {
      this.#escaped = false;
      this.#keep(text.charAt(at));
      return at + 1;
    }
    plain.lastIndex = at;
    const found = plain.exec(text)?.[0] ?? '';
    this.#keep(found);
    const end = at + found.length;
    const sign = text.charAt(end);
    if (sign === '\\') {
      this.#escaped = true;
      this.#keep(sign);
    } else if (sign === '"') {
      this.#inside = null;
      if (this.#kept !== null) this.#value(unquoted(this.#kept));
    }
    return end + 1;
  }

  #word(text: string, at: number): number {
    word.lastIndex = at;
    const found = word.exec(text)?.[0] ?? '';
    this.#kept = (this.#kept ?? '') + found;
    const end = at + found.length;
    if (end < text.length || this.#kept.length > 100) {
      this.#inside = null;
      if (!/^(?:true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)$/.test(this.#kept))
        throw notJson(`'${this.#kept.slice(0, 20)}' is no value`);
      if (this.#isWanted()) this.#value(Number(this.#kept));
    }
    return end;
  }

  #keep(part: string): void {
    if (this.#kept === null || part === '') return;
    this.#kept = this.#kept.length + part.length > longest ? null : this.#kept + part;
  }

  #value(value: string | number): void {
    if (this.#isKey) this.#way[this.#way.length - 1] = String(value);
    else this.#entry?.set(this.#wayInEntry(), value);
  }

  #finish(entry: ReadonlyMap<string, string | number>): void {
    this.#entry = null;
    const url = entry.get('request.url');
    const bytes = sizes.map((name) => Number(entry.get(name) ?? -1)).find((size) => size >= 0) ?? 0;
    if (typeof url === 'string' && url !== '') this.#entries.push({ url, bytes });
    else this.#unread++;
  }

  /** Objects between an entry and here; -1 outside of entries. */
  #depthInEntries(): number {
    const [log, entries, list] = this.#way;
    return log === 'log' && entries === 'entries' && list === '[]' ? this.#way.length - 4 : -1;
  }

  #isWanted(): boolean {
    return this.#entry !== null && this.#depthInEntries() <= 2 && wanted.has(this.#wayInEntry());
  }

  #wayInEntry(): string {
    return this.#way.slice(3).join('.');
  }
}

const plain = /[^"\\]*/y;
const word = /[^\s,:\]}[{"]*/y;

function unquoted(text: string): string {
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    throw notJson('a string in it is none of JSON');
  }
}

const notJson = (why: string): InputError => new InputError([{ message: `this is no HAR: ${why}` }]);
