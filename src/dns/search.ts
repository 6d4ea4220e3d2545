/** Which names a stub resolver makes of the one it is given. */
import { canonicalName, parentName } from './name.ts';

export interface SearchRules {
  /** Windows never asks for a bare label while it has a suffix; resolv.conf(5) does so at last. */
  singleLabel: 'suffixes' | 'suffixes-then-bare';
  /** Windows since Vista appends nothing (AppendToMultiLabelName); resolv.conf(5) with ndots 1 does, after a failure. */
  multiLabel: 'as-is' | 'as-is-then-suffixes';
}

export interface SearchDomains {
  /** The machine's primary DNS suffix. */
  suffix?: string | null | undefined;
  /** A configured search list stands instead of the suffix. */
  search?: readonly string[] | undefined;
  /** Windows: after the suffix, its ancestors down to two labels. Off unless a policy turns it on; never with a list. */
  devolution?: boolean | undefined;
}

/** The names to ask for, in order, without repetition. A trailing dot means: this one and no other. */
export function expandNames(name: string, domains: SearchDomains, rules: SearchRules): string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  const suffixed = suffixesOf(domains).map((suffix) => `${name}.${suffix}`);
  if (name.includes('.')) return unique(rules.multiLabel === 'as-is' ? [name] : [name, ...suffixed]);
  // What Windows does with neither suffix nor list is not documented; captures show the bare label on the wire.
  return unique(rules.singleLabel === 'suffixes' && suffixed.length > 0 ? suffixed : [...suffixed, name]);
}

/** The suffix and, with devolution, its ancestors of at least two labels. */
export function devolved(suffix: string, devolution: boolean): string[] {
  const parent = parentName(suffix);
  return devolution && parent.includes('.') ? [suffix, ...devolved(parent, true)] : [suffix];
}

function suffixesOf({ suffix, search, devolution = false }: SearchDomains): string[] {
  if (search && search.length > 0) return search.map(withoutDot);
  return suffix ? devolved(withoutDot(suffix), devolution) : [];
}

const withoutDot = (name: string): string => name.replace(/\.$/, '');

const unique = (names: readonly string[]): string[] =>
  names.filter((name, index) => names.findIndex((other) => canonicalName(other) === canonicalName(name)) === index);
