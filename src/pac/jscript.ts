/**
 * The language of WinHTTP's JScript: ECMAScript 5 syntax and library.
 *
 * How much of edition 5 is there depends on the version of Windows, and is not established; edition 3 is a part of it.
 */
import type { Parser } from 'acorn';

import type { PacError } from './result.ts';

let last: { readonly source: string; readonly error: PacError | null } | null = null;

/**
 * The first place that is no ECMAScript 5, as JScript would report it: a syntax error with line and column; or null. The
 * last one is kept, because two clients ask.
 */
export async function jscriptSyntaxError(source: string): Promise<PacError | null> {
  const { parse } = await import('acorn');
  if (last?.source !== source) last = { source, error: found(source, parse) };
  return last.error;
}

function found(source: string, parse: typeof Parser.parse): PacError | null {
  try {
    parse(source, { ecmaVersion: 5, sourceType: 'script', allowReserved: true, allowHashBang: false });
    return null;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const at = (error as SyntaxError & { loc?: { line: number; column: number } }).loc; // acorn adds the place
    const message = error.message.replace(/ \(\d+:\d+\)$/, '');
    return { phase: 'load', name: 'SyntaxError', message, ...(at && { line: at.line, column: at.column + 1 }) };
  }
}

const words = (text: string): string[] => text.split(' ');
const errors = [words('length name prototype'), words('constructor name message toString')];

/** Global → names kept on it, and on its prototype where it has one. Everything else of the engine is taken away. */
export const es5Globals: Readonly<Record<string, readonly (readonly string[])[]>> = {
  Array: [
    words('length name prototype isArray'),
    words(
      'length constructor toString toLocaleString concat join pop push reverse shift slice sort splice unshift indexOf lastIndexOf every some forEach map filter reduce reduceRight',
    ),
  ],
  Boolean: [words('length name prototype'), words('constructor toString valueOf')],
  Date: [
    words('length name prototype parse UTC now'),
    words(
      'constructor toString toDateString toTimeString toLocaleString toLocaleDateString toLocaleTimeString valueOf getTime getFullYear getUTCFullYear getMonth getUTCMonth getDate getUTCDate getDay getUTCDay getHours getUTCHours getMinutes getUTCMinutes getSeconds getUTCSeconds getMilliseconds getUTCMilliseconds getTimezoneOffset setTime setMilliseconds setUTCMilliseconds setSeconds setUTCSeconds setMinutes setUTCMinutes setHours setUTCHours setDate setUTCDate setMonth setUTCMonth setFullYear setUTCFullYear toUTCString toISOString toJSON getYear setYear toGMTString',
    ),
  ],
  Function: [words('length name prototype'), words('length name constructor toString apply call bind')],
  Math: [
    words(
      'E LN10 LN2 LOG2E LOG10E PI SQRT1_2 SQRT2 abs acos asin atan atan2 ceil cos exp floor log max min pow random round sin sqrt tan',
    ),
  ],
  JSON: [words('parse stringify')],
  Number: [
    words('length name prototype MAX_VALUE MIN_VALUE NaN NEGATIVE_INFINITY POSITIVE_INFINITY'),
    words('constructor toString toLocaleString valueOf toFixed toExponential toPrecision'),
  ],
  Object: [
    words(
      'length name prototype getPrototypeOf getOwnPropertyDescriptor getOwnPropertyNames create defineProperty defineProperties seal freeze preventExtensions isSealed isFrozen isExtensible keys',
    ),
    words('constructor toString toLocaleString valueOf hasOwnProperty isPrototypeOf propertyIsEnumerable'),
  ],
  RegExp: [
    words('length name prototype'),
    words('constructor exec test toString source global ignoreCase multiline lastIndex flags compile'),
  ],
  String: [
    words('length name prototype fromCharCode'),
    words(
      'length constructor toString valueOf charAt charCodeAt concat indexOf lastIndexOf localeCompare match replace search slice split substring toLowerCase toLocaleLowerCase toUpperCase toLocaleUpperCase trim substr anchor big blink bold fixed fontcolor fontsize italics link small strike sub sup',
    ),
  ],
  Error: errors,
  EvalError: errors,
  RangeError: errors,
  ReferenceError: errors,
  SyntaxError: errors,
  TypeError: errors,
  URIError: errors,
  ...Object.fromEntries(
    words(
      'NaN Infinity undefined parseInt parseFloat isNaN isFinite decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape eval',
    ).map((name) => [name, []]),
  ),
};
