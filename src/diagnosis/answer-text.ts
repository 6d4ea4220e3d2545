/** What a script returned, entry by entry, and what becomes of entries that are not well formed. */

export interface AnswerEntry {
  /** As it stands in the answer, trimmed. */
  text: string;
  /** First word, as written, and the rest. */
  word: string;
  target: string;
}

/** The entries between ";", empty ones left out. */
export const entriesOf = (answer: string): AnswerEntry[] =>
  answer
    .split(';')
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map((text) => {
      const [, word = '', target = ''] = /^(\S+)\s*(.*)$/s.exec(text) ?? [];
      return { text, word, target };
    });

/** Words that every client of ours reads, in capitals. */
const common = new Set(['DIRECT', 'PROXY', 'HTTPS', 'SOCKS', 'SOCKS4', 'SOCKS5']);

/** Several entries in one: separated by a comma or by blanks, where a semicolon belongs. */
export const isRunTogether = ({ text }: AnswerEntry): boolean =>
  /,/.test(text) || /\S\s+(?:proxy|direct|https?|socks[45]?)(?:\s|$)/i.test(text.replace(/^\S+/, 'X'));

/** What a client may not understand in an entry, in words; null when nothing. */
export function oddityOf({ word, target }: AnswerEntry): string | null {
  if (!common.has(word.toUpperCase())) return `${word} is no type that every client knows`;
  if (word.toUpperCase() === 'DIRECT') return target === '' ? null : 'DIRECT takes no host';
  if (target === '') return `${word} names no proxy`;
  if (/[/@]/.test(target)) return `${target} is no host:port`;
  if (!/:\d{1,5}$/.test(target)) return `${target} has no port`;
  return word === word.toUpperCase() ? null : `${word} is not written in capitals`;
}
