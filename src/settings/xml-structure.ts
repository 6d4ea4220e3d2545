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

const entityMessage = (name: string | undefined): string =>
  name === undefined ? "'&' must be written as '&amp;'" : `the entity '&${name};' is not defined; entities are refused`;

const firstInk = (text: string): number => Math.max(0, text.search(/\S/));

// Quoted values are taken whole, so that '>' may stand in them; a new '<' ends a tag that was never closed.
const tag = /<(\/?)([A-Za-z_][\w.:-]*)((?:"[^"]*"|'[^']*'|[^"'<>])*)(>?)/g;

function tagProblem(source: SourceText, text: string): Problem | undefined {
  const open: { name: string; offset: number }[] = [];
  let end = 0;
  for (const match of text.matchAll(tag)) {
    const [whole, slash, name = '', inside = '', close] = match;
    const wrong = strayText(source, text.slice(end, match.index), end, open.length) ?? attributeProblem(source, match);
    if (wrong) return wrong;
    if (close === '') return problemAt(source, `the tag <${slash}${name} is not closed with '>'`, match.index);
    end = match.index + whole.length;
    if (slash === '/') {
      const last = open.pop();
      if (last?.name !== name) return problemAt(source, mismatch(source, name, last), match.index);
    } else if (!inside.trimEnd().endsWith('/')) open.push({ name, offset: match.index });
  }
  const last = open.pop();
  if (last) return problemAt(source, `<${last.name}> is never closed`, last.offset, `add </${last.name}>`);
  return strayText(source, text.slice(end), end, 0);
}

function mismatch(source: SourceText, name: string, open: { name: string; offset: number } | undefined): string {
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
