/**
 * XML with the place of every element and attribute. Entities and document types are refused, nothing is ever
 * followed. What is not well-formed throws InputError; several root elements are well-formed enough to be looked at,
 * because people paste them, and a program's own parser has its own words for it.
 */
import { DOMParser } from '@xmldom/xmldom';
import type { Element, Node } from '@xmldom/xmldom';

import { InputError } from '../failure.ts';
import type { SourcePlace } from '../failure.ts';
import { problemAt } from './source.ts';
import type { SourceText } from './source.ts';
import { structureProblem } from './xml-structure.ts';

export interface XmlAttribute {
  name: string;
  value: string;
  at: SourcePlace;
}

export interface XmlElement {
  name: string;
  attributes: readonly XmlAttribute[];
  children: readonly XmlElement[];
  at: SourcePlace;
  /** Where the first words between its children begin; null where there are none. */
  words: SourcePlace | null;
}

const wrapper = 'roots';
const opening = `<${wrapper}>`;

/** The root elements of the document: one, when it is XML as it should be. Throws InputError. */
export function parseXml({ file, text }: SourceText): XmlElement[] {
  const source = text.replace(/^\uFEFF/, '');
  const wrong = structureProblem({ file, text: source });
  if (wrong) throw new InputError([wrong]);
  // The declaration may stand only at the start, where the wrapper now is: blank it, keeping every place.
  const blanked = source.replace(/^<\?xml[^>]*\?>/, (declaration) => declaration.replace(/[^\r\n]/g, ' '));
  const complaints: { message: string; line: number; column: number }[] = [];
  const parser = new DOMParser({
    onError: (_level, message, context: { locator?: Partial<Locator> } | undefined) => {
      const { lineNumber: line = 1, columnNumber: column = 1 } = context?.locator ?? {};
      complaints.push({ message, line, column: line === 1 ? column - opening.length : column });
    },
  });
  const root = document(parser, `${opening}${blanked}</${wrapper}>`);
  const [complaint] = complaints;
  if (complaint || !root) {
    const { message, line, column } = complaint ?? { message: 'no element found', line: 1, column: 1 };
    throw new InputError([problemAt({ file, text: source }, message, { line, column: Math.max(1, column) })]);
  }
  try {
    return elementsOf(root, { file, text: source });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InputError([problemAt({ file, text: '' }, 'the elements are nested too deeply', 0)], { cause: error });
  }
}

interface Locator {
  lineNumber: number;
  columnNumber: number;
}

/** xmldom throws what it has already reported to `onError`; the report has the place. */
function document(parser: DOMParser, text: string): Element | null {
  try {
    return parser.parseFromString(text, 'text/xml').documentElement;
  } catch (error) {
    if ((error as Error).name !== 'ParseError') throw error;
    return null;
  }
}

const elementType = 1;
const textType = 3;
const cdataType = 4;

const elementsOf = (parent: Element, source: SourceText): XmlElement[] =>
  [...parent.childNodes].filter(isElement).map((element) => ({
    name: element.nodeName,
    at: placeOf(element, source),
    attributes: [...element.attributes].map((attribute) => ({
      name: attribute.name,
      value: attribute.value,
      at: nameBefore(placeOf(attribute, source), attribute.name, source),
    })),
    children: elementsOf(element, source),
    words: wordsIn(element, source),
  }));

function wordsIn(parent: Element, source: SourceText): SourcePlace | null {
  const node = [...parent.childNodes].find(({ nodeType, nodeValue }) => isWords(nodeType) && nodeValue?.trim() !== '');
  if (!node) return null;
  const start = placeOf(node, source);
  if (node.nodeType !== textType) return start;
  const blank = /^\s*/.exec(node.nodeValue ?? '')?.[0] ?? '';
  const line = blank.lastIndexOf('\n');
  const column = line < 0 ? start.column + blank.length : blank.length - line;
  return { ...start, line: start.line + blank.split('\n').length - 1, column };
}

const isWords = (type: number): boolean => type === textType || type === cdataType;

const isElement = (node: Node): node is Element => node.nodeType === elementType;

/** xmldom counts lines and columns from 1; on the first line the wrapper stands before everything. */
function placeOf(node: Node, { file }: SourceText): SourcePlace {
  const { lineNumber: line = 1, columnNumber: column = 1 } = node as Partial<Locator>;
  return { file, line, column: line === 1 ? column - opening.length : column };
}

/** xmldom gives the place of an attribute's opening quote; a reader looks for its name. */
function nameBefore(quote: SourcePlace, name: string, { text }: SourceText): SourcePlace {
  const lines = text.split('\n');
  for (let line = quote.line; line > 0; line -= 1) {
    const whole = lines[line - 1] ?? '';
    const column = whole.lastIndexOf(name, line === quote.line ? quote.column - 1 : whole.length);
    if (column >= 0) return { ...quote, line, column: column + 1 };
  }
  return quote;
}
