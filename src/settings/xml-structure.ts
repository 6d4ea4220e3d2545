/**
 * What must be right before a DOM is worth building, with the exact place of the first mistake: no document type, no
 * entity but the five predefined ones and character references, quoted attributes, and tags that pair up. The parser
 * behind `xml.ts` lets some of these pass and reports others a line too early.
 */
import type { Problem } from '../failure.ts';
import { placeAt, problemAt } from './source.ts';
import type { SourceText } from './source.ts';

const reference = /&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-f]+);)(?:([\w.:-]+);)?/i;

export function structureProblem(source: SourceText): Problem | undefined {
  if (source.text.trim() === '') return problemAt(source, 'the file is empty', 0);
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  const control = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/.exec(source.text);
  if (control) return problemAt(source, controlMessage(control[0]), control.index);
  const unclosed = loosePart(source);
  if (unclosed) return unclosed;
  // Comments, CDATA and processing instructions hold anything; blank them, keeping every place.
  const text = source.text.replace(/<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>/g, (part) =>
    part.replace(/[^\r\n]/g, ' '),
  );
  const declaration = /<!(?:DOCTYPE|ENTITY)/i.exec(text);
  if (declaration)
    return problemAt(source, 'a document type is not allowed here: entities are never followed', declaration.index);
  if (!/<[A-Za-z_]/.test(text)) return problemAt(source, 'this is not XML: there is no element', firstInk(text));
  const late = source.text.indexOf('<?xml ', 1);
  if (late > 0) return problemAt(source, 'the XML declaration must be the very first thing in the file', late);
  const entity = reference.exec(text);
  if (entity) return problemAt(source, entityMessage(entity[1]), entity.index, 'write &amp; for the character &');
  return tagProblem(source, text);
}

const controlMessage = (character: string): string =>
  `the character U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')} is not allowed in XML`;

const parts = [
  { begin: '<!--', end: '-->', name: 'comment' },
  { begin: '<![CDATA[', end: ']]>', name: 'CDATA section' },
  { begin: '<?', end: '?>', name: 'processing instruction' },
] as const;

/** A part that may hold anything, and does not end, or is a comment with two dashes in it. */
function loosePart(source: SourceText): Problem | undefined {
  const { text } = source;
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at + 1)) {
    const part = parts.find(({ begin }) => text.startsWith(begin, at));
    if (!part) continue;
    const from = at + part.begin.length;
    const end = text.indexOf(part.end, from);
    if (end < 0) return problemAt(source, `the ${part.name} is never closed with '${part.end}'`, at);
    const dashes = part.name === 'comment' ? text.indexOf('--', from) : end;
    if (dashes < end) return problemAt(source, "a comment must not hold '--'", dashes);
    at = end + part.end.length - 1;
  }
  return undefined;
}

const entityMessage = (name: string | undefined): string =>
  name === undefined ? "'&' must be written as '&amp;'" : `the entity '&${name};' is not defined; entities are refused`;

const firstInk = (text: string): number => Math.max(0, text.search(/\S/));

// Quoted values are taken whole, so that '>' may stand in them; a new '<' ends a tag, or a value, that was never closed.
const tag = /<(\/?)([A-Za-z_][\w.:-]*)((?:"[^"<]*"|'[^'<]*'|[^"'<>])*)(>?)/g;

interface Open {
  name: string;
  offset: number;
  /** Declared by this element. */
  prefixes: readonly string[];
}

function tagProblem(source: SourceText, text: string): Problem | undefined {
  const open: Open[] = [];
  let end = 0;
  for (const match of text.matchAll(tag)) {
    const [whole, slash, name = '', inside = '', close] = match;
    const cut = close === '';
    const after = match.index + whole.length;
    const wrong =
      strayText(source, text.slice(end, match.index), end, open.length) ??
      (cut ? quoteProblem(source, text, after) : undefined) ??
      attributeProblem(source, match) ??
      (cut ? notClosed(source, match) : undefined);
    if (wrong) return wrong;
    end = after;
    if (slash === '/') {
      const last = open.pop();
      if (last?.name !== name) return problemAt(source, mismatch(source, name, last), match.index);
      continue;
    }
    const element = { name, offset: match.index, prefixes: prefixesIn(inside) };
    const strange = undeclared(source, match, [...(match[0].includes(':') ? open : []), element]);
    if (strange) return strange;
    if (!inside.trimEnd().endsWith('/')) open.push(element);
  }
  const last = open.pop();
  if (last) return problemAt(source, `<${last.name}> is never closed`, last.offset, `add </${last.name}>`);
  return strayText(source, text.slice(end), end, 0);
}

const notClosed = (source: SourceText, { 1: slash, 2: name, index }: RegExpExecArray): Problem =>
  problemAt(source, `the tag <${slash}${name} is not closed with '>'`, index);

/** What stands after the part of a tag that is right: a quote whose value has a '<' before its end, or no end. */
function quoteProblem(source: SourceText, text: string, at: number): Problem | undefined {
  const quote = text.charAt(at);
  if (quote !== '"' && quote !== "'") return undefined;
  const value = text.slice(at + 1).split(/[\r\n]/, 1)[0] ?? '';
  const bracket = value.indexOf('<');
  if (bracket >= 0 && value.includes(quote, bracket))
    return problemAt(source, "'<' in a value is written '&lt;'", at + 1 + bracket);
  const name = /([^\s=/>"']+)\s*=\s*$/.exec(text.slice(Math.max(0, at - 500), at));
  const start = name ? at - name[0].length : at;
  return problemAt(source, `the value of '${name?.[1] ?? ''}' has no closing ${quote}`, start);
}

const named = /([^\s=/>"']+)\s*=\s*(?:"[^"]*"|'[^']*')/g;

const prefixesIn = (inside: string): string[] =>
  inside.includes('xmlns:')
    ? [...inside.matchAll(named)].flatMap(([, name = '']) => (name.startsWith('xmlns:') ? [name.slice(6)] : []))
    : [];

/** A prefix, of the element or an attribute, that neither it nor an element around it declares. */
function undeclared(source: SourceText, match: RegExpExecArray, open: readonly Open[]): Problem | undefined {
  const [whole, , name = '', inside = ''] = match;
  if (!whole.includes(':')) return undefined;
  const begin = match.index + 1 + name.length;
  const all = [
    { name, offset: match.index + 1 },
    ...Array.from(inside.matchAll(named), (found) => ({ name: found[1] ?? '', offset: begin + found.index })),
  ];
  for (const { name: whose, offset } of all) {
    const [prefix = '', local] = whose.split(':');
    if (local === undefined || prefix === 'xml' || prefix === 'xmlns') continue;
    if (!open.some(({ prefixes }) => prefixes.includes(prefix)))
      return problemAt(source, `the prefix '${prefix}' is not declared`, offset);
  }
  return undefined;
}

function mismatch(source: SourceText, name: string, open: Open | undefined): string {
  if (!open) return `</${name}> closes nothing`;
  return `</${name}> does not close <${open.name}> of line ${placeAt(source, open.offset).line}`;
}

function strayText(source: SourceText, text: string, offset: number, depth: number): Problem | undefined {
  const bracket = text.indexOf('<');
  if (bracket >= 0) return problemAt(source, "'<' begins no tag; as text it is written '&lt;'", offset + bracket);
  if (depth > 0 || text.trim() === '') return undefined;
  return problemAt(source, 'text outside of any element', offset + firstInk(text));
}

const attribute = /^\s+([^\s=/>"']+)\s*=\s*(?:"[^"]*"|'[^']*')/;

function attributeProblem(source: SourceText, match: RegExpExecArray): Problem | undefined {
  const [, slash, name = '', inside = ''] = match;
  const begin = match.index + 1 + (slash?.length ?? 0) + name.length;
  // No pattern: on long runs of blanks it would take for ever.
  const trimmed = inside.trimEnd();
  let rest = (trimmed.endsWith('/') ? trimmed.slice(0, -1) : trimmed).trimEnd();
  let offset = begin;
  while (rest !== '') {
    const next = attribute.exec(rest);
    if (!next) return problemAt(source, attributeMessage(rest), offset + firstInk(rest));
    offset += next[0].length;
    rest = rest.slice(next[0].length);
  }
  return undefined;
}

function attributeMessage(rest: string): string {
  const [, space, name = '', equals, value = ''] = /^(\s*)([^\s=]*)(\s*=\s*)?(\S*)/.exec(rest) ?? [];
  if (space === '') return 'a space is missing between attributes';
  if (equals === undefined) return `the attribute '${name}' has no value`;
  return `the value of '${name}' must stand in quotes, but there is ${value.slice(0, 20) || 'nothing'}`;
}
