/** Methods of texts that a plain script may call. */
import { unsureHere, type Value } from './machine.ts';

export type Method = (text: string, args: readonly Value[]) => Value;

/** Positions are numbers or left out; anything else is converted by rules that the engine may keep to itself. */
const position = (value: Value): number | undefined =>
  value === undefined || typeof value === 'number' ? value : unsureHere();

const word = (value: Value): string => (typeof value === 'string' ? value : unsureHere());

/** Engines differ in the edition of Unicode they know. */
const ascii = (text: string): string => (/[^\0-\x7f]/.test(text) ? unsureHere() : text);

/** Of ECMAScript 5. */
export const oldMethods: Readonly<Record<string, Method>> = {
  charAt: (text, [at]) => text.charAt(position(at) ?? 0),
  charCodeAt: (text, [at]) => text.charCodeAt(position(at) ?? 0),
  indexOf: (text, [wanted, from]) => text.indexOf(word(wanted), position(from)),
  lastIndexOf: (text, [wanted, from]) =>
    from === undefined ? text.lastIndexOf(word(wanted)) : text.lastIndexOf(word(wanted), position(from)),
  slice: (text, [start, end]) => text.slice(position(start), position(end)),
  substr: (text, [start, length]) => text.substr(position(start) ?? 0, position(length)),
  substring: (text, [start, end]) => text.substring(position(start) ?? 0, position(end)),
  toLowerCase: (text) => ascii(text).toLowerCase(),
  toUpperCase: (text) => ascii(text).toUpperCase(),
  toString: (text: string) => text,
  trim: (text) => ascii(text).trim(),
};

/** Newer ones. */
export const newMethods: Readonly<Record<string, Method>> = {
  endsWith: (text, [wanted, end]) => text.endsWith(word(wanted), position(end)),
  includes: (text, [wanted, from]) => text.includes(word(wanted), position(from)),
  startsWith: (text, [wanted, from]) => text.startsWith(word(wanted), position(from)),
};
