/**
 * The fixed parts of the JavaScript that runs in a realm before the PAC file. It is text, not code of this program: old
 * syntax on purpose, because one engine runs it for every profile before newer things are taken away.
 */
/** Values captured before the script runs, the journal of helper calls, and what several helpers share. */
export const common = `'use strict';
var tracing = false, special = false, doomed = false, halted = false, depth = 0, journal = '', index = 0;
var quote = JSON.stringify, StackError = Error, ResourceError = global.InternalError, TextOf = String;
var describeObject = Object.prototype.toString, apply = Reflect.apply, defineProperty = Object.defineProperty;
var find = String.prototype.indexOf, nul = ['\\0'], split = String.prototype.split, substring = String.prototype.substring, scriptMark = ['pac:script:'], join = Int32Array.prototype.join, subarray = Int32Array.prototype.subarray;
var results = new Int32Array(1024); // numbers of the answers of a batch, which has at most so many requests
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
function whole(text) { return apply(find, text, nul) < 0 ? text : '?'; } // the host would hear what is before NUL; no address or name has one
function ask(what, text) { return host(what, whole(text), index); }
function lookup(what, text) {
  var answer = host(what, whole(text), index);
  if (answer === true) for (;;); // the host waits for this loop: its interrupt cannot be caught by the script
  if (typeof answer !== 'number') return answer;
  doomed = special = true;
  return answer === 1 ? null : answer === 2 ? '' : '127.0.0.1';
}
function tell(value) {
  if (doomed && value !== null && (typeof value === 'object' || typeof value === 'function')) for (;;); // V8 stops at its toString
  var text = \`\${value}\`; // throws for a symbol, as a client does; String() would not
  if (apply(find, text, nul) >= 0) host('quoted alert', quote(text), index);
  else if (host('alert', text, index) === true) halted = true;
}
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
// Of the stack the innermost line of the script is kept: a deep one is long. Calls beyond some megabytes are not noted.
function note(name, list, result) {
  if (journal.length > 8000000) return;
  var stack = new StackError().stack, from = apply(find, stack, scriptMark);
  var place = from < 0 ? '' : apply(substring, stack, [from, from + 40]);
  journal += (journal === '' ? '' : ',') + '[' + quote(name) + ',[' + list + '],' + result + ',' + quote(place) + ']';
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
function expression(pattern) {
  return matcher(pattern.replace(/\\./g, '\\\\.').replace(/\\*/g, '.*').replace(/\\?/g, '.'));
}
function compile(pattern) {
  var test = maker(pattern);
  if (patternCount < 20000) { patternCount++; patterns.set(pattern, test); }
  return test;
}
// Most patterns are literals with a star at an end: those need no regular expression. "*" matches no line end, so a text
// that fits is handed to the expression when it has one; hardly any text has.
function maker(pattern) {
  var literal = pattern.replace(/^\\*|\\*$/g, ''), whole = expression(pattern);
  if (literal === '' || /[\\\\^$+?()[\\]{}|\\n\\r\\u2028\\u2029]/.test(literal)) return function (text) { return whole.test(text); };
  if (literal.indexOf('*') >= 0) return sequence(pattern.split('*'), whole);
  if (literal === pattern) return function (text) { return text === literal; };
  if (pattern === literal + '*') return function (text) { return text.startsWith(literal) && clean(text, whole); };
  if (pattern === '*' + literal) return function (text) { return text.endsWith(literal) && clean(text, whole); };
  return function (text) { return text.includes(literal) && clean(text, whole); };
}
// "first*middle*…*last", each part in its place behind the one before.
function sequence(parts, whole) {
  var first = parts[0], last = parts[parts.length - 1], least = first.length + last.length;
  return function (text) {
    if (!text.startsWith(first) || text.length < least || !text.endsWith(last)) return false;
    for (var i = 1, from = first.length; i < parts.length - 1; i++) {
      from = text.indexOf(parts[i], from);
      if (from < 0) return false;
      from += parts[i].length;
    }
    return from <= text.length - last.length && clean(text, whole);
  };
}
function clean(text, whole) { return !/[\\n\\r\\u2028\\u2029]/.test(text) || whole.test(text); }
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

/** The functions the host calls. */
export const door = `var missing = {};
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
function ended(answer) {
  if (typeof answer === 'string') return apply(find, answer, nul) < 0 ? 's' + answer : 'q' + quote(answer);
  if (answer === missing) return 'm';
  return 'n' + (answer === null ? 'null' : typeof answer);
}
function call(url, name) {
  depth = index = 0;
  try {
    return ended(ask_entry(url, name));
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
var fresh = '', freshCount = 0, reached = 0, latest = null, latestNumber = 0;
function fresher(key, text) {
  var number = freshCount++;
  if (number < 50000 && typeof key === 'string') answers.set(key, number);
  fresh += (fresh === '' ? '' : ',') + quote(text);
  return number;
}
function batch(text) {
  var parts = apply(split, text, ['\\n']), count = (parts.length - 1) / 2, answer, number;
  fresh = '';
  for (reached = 0; reached < count; reached++) {
    index = reached;
    depth = 0;
    try {
      answer = ask_entry(parts[2 * reached], parts[2 * reached + 1]);
      if (answer !== latest || typeof answer !== 'string') {
        number = typeof answer === 'string' ? answers.get(answer) : undefined;
        if (number === undefined) number = fresher(answer, ended(answer));
        latest = answer;
        latestNumber = number;
      }
    } catch (error) {
      latest = null;
      latestNumber = fresher(null, report(error));
    }
    if (doomed || halted) return; // this one runs again, before the next
    results[reached] = latestNumber;
  }
}
function progress() {
  var done = apply(join, apply(subarray, results, [0, reached]), [',']);
  return '[[' + done + '],[' + fresh + '],' + (tracing ? '[' + journal + ']' : '[]') + ']';
}
function begin(trace) { tracing = special = trace; doomed = halted = false; depth = 0; index = 0; journal = ''; }
function place() { return new StackError().stack; }
function chance() {
  var random = asNative('random', 0, function () { return host('random', '', 0); });
  defineProperty(Maths, 'random', { value: random, writable: true, enumerable: false, configurable: true });
}
return { call: call, evaluate: evaluate, batch: batch, progress: progress, begin: begin, entry: entry, chance: chance, report: report, place: place };`;
