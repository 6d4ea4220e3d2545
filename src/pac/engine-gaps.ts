/**
 * Where the engine of the sandbox differs from those of the clients, by `Object.getOwnPropertyNames` of the globals in PAC
 * scripts that Chromium 156 and Firefox ESR 153 ran.
 */

/** Ours alone. */
export const engineOnly: readonly string[] = [
  'Set.groupBy',
  'Function.prototype.fileName',
  'Function.prototype.lineNumber',
  'Function.prototype.columnNumber',
];

/** What the last match of a regular expression left; older than every standard, and in JScript as well. */
export const matchStatics: readonly string[] = [
  ...Array.from({ length: 9 }, (_, index) => `RegExp.$${index + 1}`),
  ...['input', 'lastMatch', 'lastParen', 'leftContext', 'rightContext', '$_', '$&', '$+', '$`', "$'"].map(
    (name) => `RegExp.${name}`,
  ),
];

/** In both browsers, and not in our engine. Methods of values are left out: their names alone do not tell. */
export const newerThanEngine: readonly string[] = [
  'Intl',
  'Temporal',
  'DisposableStack',
  'AsyncDisposableStack',
  'SuppressedError',
  'Array.fromAsync',
  'Error.captureStackTrace',
  'Error.stackTraceLimit',
  'Iterator.zip',
  'Iterator.zipKeyed',
  'JSON.isRawJSON',
  'JSON.rawJSON',
  'Symbol.asyncDispose',
  'Symbol.dispose',
  'Uint8Array.fromBase64',
  'Uint8Array.fromHex',
  ...matchStatics,
];

/** Documented for JScript (Microsoft's JScript reference); which of them a PAC file sees is not established. */
export const jscriptOnly: readonly string[] = [
  'ActiveXObject',
  'CollectGarbage',
  'Enumerator',
  'GetObject',
  'ScriptEngine',
  'ScriptEngineBuildVersion',
  'ScriptEngineMajorVersion',
  'ScriptEngineMinorVersion',
  'VBArray',
];
