/** shExpMatch without regular expressions: time grows with text times pattern, whatever the pattern. */
import { unsureHere } from './machine.ts';

export type Matcher = (text: string) => boolean;

const lineEnd = /[\n\r\u2028\u2029]/;
/** What stays live in the browsers' regular expression; a line end is matched by no star. */
const live = /[\\^$+()[\]{}|\n\r\u2028\u2029]/;

/** The browsers' rule, for patterns in which nothing but ".", "*" and "?" has a meaning; null for others. */
export function browserMatcher(pattern: string): Matcher | null {
  if (live.test(pattern)) return null;
  const matches = wildcardMatcher(pattern);
  if (!/[*?]/.test(pattern)) return matches;
  return (text) => matches(text) && (lineEnd.test(text) ? unsureHere() : true);
}

/** A compare with wildcards, in which "*" and "?" stand for anything. */
export function wildcardMatcher(pattern: string): Matcher {
  const literal = pattern.replace(/^\*+|\*+$/g, '');
  if (/[*?]/.test(literal)) return (text) => globMatches(text, pattern);
  const head = pattern.startsWith('*');
  const tail = pattern.endsWith('*');
  if (head && tail) return (text) => text.includes(literal);
  if (head) return (text) => text.endsWith(literal);
  if (tail) return (text) => text.startsWith(literal);
  return (text) => text === pattern;
}

/** Goes back to the last star only: an earlier one never has to be longer. */
function globMatches(text: string, pattern: string): boolean {
  let at = 0;
  let in_ = 0;
  let star = -1;
  let from = 0;
  while (at < text.length) {
    const char = pattern[in_];
    if (char === '*') {
      star = in_++;
      from = at;
    } else if (char === '?' || char === text[at]) {
      at++;
      in_++;
    } else if (star < 0) return false;
    else {
      at = ++from;
      in_ = star + 1;
    }
  }
  while (pattern[in_] === '*') in_++;
  return in_ === pattern.length;
}
