/**
 * Names a script asks for: literals, search list, order of the families, and what a client refuses without a query.
 *
 * Answers come from a map or from a resolver function; when the resolver is asynchronous, `ask` says `pending` and the
 * caller abandons the run, waits for `fill`, and runs the script again.
 */
import { domainToASCII } from 'node:url';
import { canonicalIPv6, isIPv4, isUniqueLocal, looseIPv4 } from './address.ts';
import type { DnsRules } from './profile.ts';

/** `A`: IPv4 only, as dnsResolve of Chromium asks; `any`: both families. */
export type LookupKind = 'A' | 'any';

/** Gives the addresses of a name in the resolver's order; null or an empty list when there are none. */
export type Resolver = (name: string, kind: LookupKind) => string[] | null | Promise<string[] | null>;

export interface LookupOptions {
  /** Name → addresses; a name that is absent does not resolve. */
  readonly dns?: Readonly<Record<string, readonly string[]>>;
  /** In place of `dns`; applies its own search list. */
  readonly resolver?: Resolver;
  /** Suffixes appended to names, for `dns`. */
  readonly dnsSearch?: readonly string[];
  /** The machine's own addresses, primary first. */
  readonly myIp?: readonly string[];
}

type Answer = readonly string[] | null;
type Missing = { key: string; kind: LookupKind; answer: Promise<string[] | null> };

export class Lookups {
  readonly #options: LookupOptions;
  readonly #rules: DnsRules;
  readonly #known = new Map<string, Answer>();
  readonly #names = new Set<string>();
  readonly #table: ReadonlyMap<string, readonly string[]>;
  #missing: Missing | null = null;

  constructor(options: LookupOptions, rules: DnsRules) {
    this.#options = options;
    this.#rules = rules;
    this.#table = tableOf(options.dns);
  }

  /** Different names asked so far, in order. */
  get names(): readonly string[] {
    return [...this.#names];
  }

  /** True when an answer may only come later. */
  get asynchronous(): boolean {
    return this.#options.resolver !== undefined;
  }

  /** Addresses, null when there are none, or `pending` when the resolver has to be waited for. */
  ask(text: string, kind: LookupKind): Answer | 'pending' {
    const literal = literalAnswer(text, kind);
    if (literal !== undefined) return literal;
    const name = this.#queryName(text);
    if (name === null) return null;
    this.#names.add(name);
    const key = `${kind} ${name}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const answer = this.#query(name, kind);
    if (answer instanceof Promise) {
      this.#missing = { key, kind, answer };
      return 'pending';
    }
    return this.#keep(key, answer, kind);
  }

  /** Waits for the answer that `ask` said was pending; false when there was none to wait for. */
  async fill(): Promise<boolean> {
    const missing = this.#missing;
    if (!missing) return false;
    this.#missing = null;
    // A resolver that rejects has no answer: the script sees a failed lookup.
    const answer = await missing.answer.catch(() => null);
    this.#keep(missing.key, answer, missing.kind);
    return true;
  }

  #queryName(text: string): string | null {
    if (this.#rules.upperCaseFails && /[A-Z]/.test(text) && !/[^\0-\x7f]/.test(text)) return null;
    const name = /[^\0-\x7f]/.test(text) ? domainToASCII(text) : text.toLowerCase();
    return name.length <= 254 && /^[a-z0-9_.*-]+$/.test(name) && !name.includes('..') ? name : null;
  }

  #query(name: string, kind: LookupKind): Answer | Promise<string[] | null> {
    if (name.includes('localhost') && /^(?:.*\.)?localhost\.?$/.test(name) && !this.#table.has(name))
      return ['127.0.0.1'];
    if (this.#options.resolver) return this.#options.resolver(name, kind);
    if (this.#table.size === 0) return null;
    for (const candidate of searchCandidates(name, this.#options.dnsSearch ?? [])) {
      const found = this.#table.get(candidate);
      if (found) return found;
    }
    return null;
  }

  #keep(key: string, answer: Answer, kind: LookupKind): Answer {
    const usable = kind === 'A' ? (answer ?? []).filter(isIPv4) : this.#sorted(answer ?? []);
    const kept = usable.length > 0 ? usable : null;
    this.#known.set(key, kept);
    return kept;
  }

  /**
   * glibc's getaddrinfo puts IPv6 first when the machine has an IPv6 address, and last when it has none (RFC 3484 rules
   * 1 and 6, with a table that knows no unique-local prefix); Chromium sorts by RFC 6724, where unique-local comes last.
   */
  #sorted(answer: readonly string[]): readonly string[] {
    if (this.#rules.order === 'unique-local-last') return partition(answer, (text) => !isUniqueLocal(text));
    const own = this.#options.myIp ?? [];
    if (this.#rules.order === 'resolver' || own.length === 0) return answer;
    const hasIPv6 = own.some((text) => text.includes(':'));
    return partition(answer, (text) => text.includes(':') === hasIPv6);
  }
}

const partition = (list: readonly string[], first: (text: string) => boolean): string[] => [
  ...list.filter(first),
  ...list.filter((text) => !first(text)),
];

const tables = new WeakMap<object, ReadonlyMap<string, readonly string[]>>();
const emptyTable: ReadonlyMap<string, readonly string[]> = new Map();

function tableOf(dns: LookupOptions['dns']): ReadonlyMap<string, readonly string[]> {
  if (!dns) return emptyTable;
  const known = tables.get(dns);
  if (known) return known;
  const table = new Map(Object.entries(dns).map(([name, addresses]) => [withoutRoot(name.toLowerCase()), addresses]));
  tables.set(dns, table);
  return table;
}

const withoutRoot = (name: string): string => name.replace(/\.$/, '');

/** What a literal means: its own text, null for what can never be a name, undefined for a name. */
function literalAnswer(text: string, kind: LookupKind): Answer | undefined {
  if (text === '') return null;
  const ipv4 = looseIPv4(text);
  if (ipv4) return [ipv4];
  if (!text.includes(':')) return undefined;
  const ipv6 = canonicalIPv6(text);
  return ipv6 && kind === 'any' ? [ipv6] : null;
}

/** Names as the stub resolver tries them: with a dot first as it stands, without one first with each suffix. */
function searchCandidates(name: string, search: readonly string[]): string[] {
  if (name.endsWith('.')) return [withoutRoot(name)];
  const suffixed = search.map((suffix) => `${name}.${withoutRoot(suffix.toLowerCase())}`);
  return name.includes('.') ? [name, ...suffixed] : [...suffixed, name];
}
