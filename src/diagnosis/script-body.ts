/** What the body of a download is, by its text or its first bytes. */
import type { Download } from './downloads.ts';
import { isMarkup } from './script-text.ts';

/** Markup that could not be run, that nobody has tried to run, or that was refused as it came. */
export const isPage = ({ loaded, broken, answered, fetched: { data } }: Download): boolean =>
  ((broken !== undefined || answered === undefined) && isMarkup(loaded?.data.text ?? '')) ||
  (data.status === 200 && data.failure === 'pac.rejected' && /^(?:efbbbf)?(?:20|09|0a|0d)*3c/.test(data.begins));

export const mentionsEntry = ({ loaded }: Download): boolean => loaded?.data.text.includes('FindProxyForURL') ?? false;

/** The byte order mark that the body begins with. */
export function markOf({ fetched }: Download): 'utf-8' | 'utf-16le' | 'utf-16be' | undefined {
  const { begins } = fetched.data;
  if (begins.startsWith('efbbbf')) return 'utf-8';
  if (begins.startsWith('fffe')) return 'utf-16le';
  return begins.startsWith('feff') ? 'utf-16be' : undefined;
}

/** Typographic quotation marks, and how they look when UTF-8 is read as Latin-1. */
const curly = /[\u2018-\u201f]|\u00e2\u0080[\u0098-\u009f]/;

/** The line that the parser stopped at has a typographic quotation mark. */
export function hasCurlyQuotes({ loaded, broken }: Download): boolean {
  if (!loaded || broken?.data.name !== 'SyntaxError') return false;
  const { line } = broken.data;
  return line !== null && curly.test(loaded.data.text.split(/\r\n|\r|\n/)[line - 1] ?? '');
}
