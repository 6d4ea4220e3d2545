/**
 * The fixed parts of the JavaScript that runs in a realm before the PAC file. It is text, not code of this program: old
 * syntax on purpose, because one engine runs it for every profile before newer things are taken away.
 */
import { es5Globals } from './jscript.ts';

/** Values captured before the script runs, the journal of helper calls, and what several helpers share. */
export const common = `'use strict';
var tracing = false, depth = 0, journal = '', index = 0;
var quote = JSON.stringify, StackError = Error, ResourceError = global.InternalError, TextOf = String;
var describeObject = Object.prototype.toString, apply = Reflect.apply, defineProperty = Object.defineProperty;
var Pattern = RegExp, Maths = Math, MakeFunction = Function, bind = Function.prototype.bind;
var own = function (map) { map.get = Map.prototype.get; map.set = Map.prototype.set; return map; };
var patterns = own(new Map()), quads = own(new Map()), answers = own(new Map());
var patternCount = 0, quadCount = 0;
delete global[Symbol.toStringTag];
var defined = [];
function define(name, value, configurable, hidden) {
  defined[defined.length] = name;
  defineProperty(global, name, { value: value, writable: true, enumerable: !hidden, configurable: configurable });
}
function asNative(name, length, fn) {
  var bound = apply(bind, fn, [undefined]);
  defineProperty(bound, 'name', { value: name, configurable: true });
  defineProperty(bound, 'length', { value: length, configurable: true });
  return bound;
}
function trimmed(list) {
  while (list.length > 0 && list[list.length - 1] === undefined) list.length--;
  return list;
}
function ask(what, text) { return host(what, text, index); }
function lookup(what, text) {
  var answer = host(what, text, index);
  if (answer === true) for (;;); // the host waits for this loop: its interrupt cannot be caught by the script
  return answer;
}
function tell(text) { if (host('alert', text, index) === true) for (;;); }
function encode(value) {
  if (value === undefined) return '{"$undefined":true}';
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return quote(value);
  if (typeof value === 'number') return value - value === 0 ? quote(value) : quote(TextOf(value));
  if (typeof value === 'object') return quote(apply(describeObject, value, []));
  return quote(typeof value);
}
function traced(name, fn, args) {
  if (depth > 0) return apply(fn, undefined, args);
  var list = '', result, i;
  for (i = 0; i < args.length; i++) list += (i > 0 ? ',' : '') + encode(args[i]);
  depth = 1;
  try {
    result = apply(fn, undefined, args);
    depth = 0;
  } catch (error) {
    depth = 0;
    note(name, list, '{"$throws":' + quote(kindOf(error)) + '}');
    throw error;
  }
  note(name, list, encode(result));
  return result;
}
function note(name, list, result) {
  journal += (journal === '' ? '' : ',') + '[' + quote(name) + ',[' + list + '],' + result + ',' + quote(new StackError().stack) + ']';
}
function kindOf(error) {
  try { return error !== null && typeof error === 'object' ? TextOf(error.name) : TextOf(error); } catch (again) { return 'Error'; }
}
function quad(text) {
  var known = quads.get(text);
  if (known !== undefined) return known;
  var match = /^(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})$/.exec(text);
  var value = match && match[1] < 256 && match[2] < 256 && match[3] < 256 && match[4] < 256 ? octets(match[0]) : null;
  if (typeof text === 'string' && quadCount < 10000) { quadCount++; quads.set(text, value); }
  return value;
}
function octets(text) {
  var part = text.split('.');
  return ((part[0] & 255) << 24) | ((part[1] & 255) << 16) | ((part[2] & 255) << 8) | (part[3] & 255);
}
var addressLike = /^[0-9a-fA-FxX:]+$/;
function matcher(source) { return new Pattern('^' + source + '$'); }
function wildcard(pattern) {
  return matcher(pattern.replace(/[.+^$(){}|[\\]\\\\]/g, '\\\\$&').replace(/\\*/g, '[^]*').replace(/\\?/g, '[^]'));
}
function glob(pattern, text) {
  var test = patterns.get(pattern);
  if (test === undefined) {
    test = compile(pattern);
    if (patternCount < 20000) { patternCount++; patterns.set(pattern, test); }
  }
  if (test.parts === undefined) return test.pattern.test(text);
  var parts = test.parts, first = parts[0], last = parts[parts.length - 1];
  if (parts.length === 1) return text === first;
  if (text.length < test.size) return false;
  if (first !== '' && text.lastIndexOf(first, 0) !== 0) return false;
  var end = text.length - last.length;
  if (last !== '' && text.indexOf(last, end) !== end) return false;
  for (var i = 1, from = first.length; i < parts.length - 1; i++) {
    from = text.indexOf(parts[i], from);
    if (from < 0 || from + parts[i].length > end) return false;
    from += parts[i].length;
  }
  return !/[\\n\\r\\u2028\\u2029]/.test(text) || test.pattern.test(text);
}
function compile(pattern) {
  var test = { pattern: matcher(pattern.replace(/\\./g, '\\\\.').replace(/\\*/g, '.*').replace(/\\?/g, '.')), parts: undefined, size: 0 };
  if (!/[\\\\^$+?()[\\]{}|\\n\\r\\u2028\\u2029]/.test(pattern)) {
    test.parts = pattern.split('*');
    test.size = pattern.length - test.parts.length + 1;
  }
  return test;
}
var ownDays = { SUN: 0, MON: 1, TUE: 2, WED: 3, THU: 4, FRI: 5, SAT: 6 };
var ownMonths = { JAN: 0, FEB: 1, MAR: 2, APR: 3, MAY: 4, JUN: 5, JUL: 6, AUG: 7, SEP: 8, OCT: 9, NOV: 10, DEC: 11 };
function numberIn(table, name) { return name in table ? table[name] : -1; }
function dayNumber(name) { return numberIn(global.wdays || ownDays, name); }
function monthNumber(name) { return numberIn(global.months || ownMonths, name); }
function within(start, now, end) {
  return start <= end ? start <= now && now <= end : now <= end || start <= now;
}
function shiftToUtc(now) {
  now.setFullYear(now.getUTCFullYear());
  now.setMonth(now.getUTCMonth());
  now.setDate(now.getUTCDate());
  now.setHours(now.getUTCHours());
  now.setMinutes(now.getUTCMinutes());
  now.setSeconds(now.getUTCSeconds());
}`;

/** A console that prints nothing. */
export const quietConsole = `(function () {
  var quiet = {};
  ['debug', 'error', 'info', 'log', 'warn', 'dir', 'dirxml', 'table', 'trace', 'group', 'groupCollapsed', 'groupEnd', 'clear',
    'count', 'countReset', 'assert', 'profile', 'profileEnd', 'time', 'timeLog', 'timeEnd', 'timeStamp', 'context',
  ].forEach(function (name) { quiet[name] = asNative(name, 0, function () {}); });
  defineProperty(quiet, Symbol.toStringTag, { value: 'console', configurable: true });
  defineProperty(global, 'console', { value: quiet, writable: true, enumerable: false, configurable: true });
})();`;

/** Takes away everything newer than ECMAScript 5. */
export const prune = `(function (allowed) {
  var ownKeys = Reflect.ownKeys, remove = Reflect.deleteProperty;
  Object.getOwnPropertyNames(global).forEach(function (name) {
    var members = allowed[name], value = global[name], i;
    if (members === undefined) {
      if (defined.indexOf(name) < 0) remove(global, name);
      return;
    }
    for (i = 0; i < members.length; i++) strip(i === 0 ? value : value.prototype, members[i]);
  });
  function strip(object, keep) {
    // Symbols stay: the engine itself finds replace and split through them, and no script can name them without Symbol.
    ownKeys(object).forEach(function (key) {
      if (typeof key === 'string' && keep.indexOf(key) < 0) remove(object, key);
    });
  }
})(${JSON.stringify(es5Globals)});`;

/** The functions the host calls; `entries` are the entry functions, preferred first. */
export const door = `function entry() {
  for (var i = 0; i < entries.length; i++) if (typeof global[entries[i]] === 'function') return entries[i];
  return '';
}
function report(error) {
  try {
    if (error === null || typeof error !== 'object') return 'e[' + quote('') + ',' + quote(TextOf(error)) + ',"",false]';
    var stack = error.stack;
    return 'e[' + quote(TextOf(error.name)) + ',' + quote(TextOf(error.message)) + ',' +
      quote(typeof stack === 'string' ? stack : '') + ',' + (error instanceof ResourceError) + ']';
  } catch (again) {
    return 'e["Error","a value that cannot be shown was thrown","",false]';
  }
}
function call(url, name, at) {
  index = at;
  depth = 0;
  try {
    var fn = global[entries[0]];
    if (entries.length > 1 && typeof fn !== 'function') fn = global[entries[1]];
    if (typeof fn !== 'function') return 'm';
    var answer = fn(url, name);
    if (typeof answer === 'string') return answer.indexOf('\\0') < 0 ? 's' + answer : 'q' + quote(answer);
    return 'n' + (answer === null ? 'null' : typeof answer);
  } catch (error) {
    return report(error);
  }
}
function evaluate(source, url, name) {
  index = 0;
  depth = 0;
  try {
    var value = new MakeFunction('url', 'host', 'return (' + source + '\\n)')(url, name);
    if (typeof value === 'function' || typeof value === 'symbol') return 'v' + quote(typeof value);
    if (typeof value === 'number' && value - value !== 0) return 'v{"$number":' + quote(TextOf(value)) + '}';
    if (value === undefined) return 'v{"$undefined":true}';
    return 'v' + (quote(value) || 'null');
  } catch (error) {
    return report(error);
  }
}
var results = '', fresh = '', freshCount = 0, reached = 0;
function batch(text) {
  results = '';
  fresh = '';
  reached = 0;
  var start = 0, middle, end, answer, number;
  while (start < text.length) {
    middle = text.indexOf('\\n', start);
    end = text.indexOf('\\n', middle + 1);
    answer = call(text.substring(start, middle), text.substring(middle + 1, end), reached);
    number = answers.get(answer);
    if (number === undefined) {
      if (freshCount < 50000) answers.set(answer, freshCount);
      number = freshCount++;
      fresh += (fresh === '' ? '' : ',') + quote(answer);
    }
    results += (results === '' ? '' : ',') + number;
    reached++;
    start = end + 1;
  }
}
function progress() { return '[[' + results + '],[' + fresh + '],' + (tracing ? '[' + journal + ']' : '[]') + ']'; }
function begin(trace) { tracing = trace; depth = 0; index = 0; journal = ''; }
function chance() {
  var random = asNative('random', 0, function () { return host('random', '', 0); });
  defineProperty(Maths, 'random', { value: random, writable: true, enumerable: false, configurable: true });
}
return { call: call, evaluate: evaluate, batch: batch, progress: progress, begin: begin, entry: entry, chance: chance, report: report };`;
