/**
 * Guards around the few built-in functions whose one call can cost minutes: the engine looks at its limits between steps of
 * the script and inside regular expressions, but not inside these. Searching one long string for another is quadratic, and
 * array functions count through the whole `length` of what need not be an array.
 *
 * Text for the sandbox, as in `prelude-text.ts`. A guard runs into the time limit in their place; no usual script comes near
 * it. It looks like the function it stands for, except to `new` and to Function.prototype.toString. An object that could say
 * another length when it is asked again (a Proxy, a getter) is asked once, and what is written to it goes nowhere.
 */
const text = `(function (lastingToo) {
  var isArray = Array.isArray, isObject = function (value) { return value !== null && typeof value === 'object'; };
  function costly() { for (;;); } // until the limit: that end cannot be caught by the script
  // Steps of the script, not of these functions, lead to a look at the limits: after much work here, some are taken.
  var used = 0;
  function spend(work) {
    used += work;
    if (used < 20000000) return;
    used = 0;
    for (var i = 0; i < 10000; i++);
  }
  function replaced(object, name, made) {
    var original = object[name];
    if (typeof original !== 'function') return;
    var guard = made(original);
    defineProperty(guard, 'name', { value: name, configurable: true });
    defineProperty(guard, 'length', { value: original.length, configurable: true });
    defineProperty(object, name, { value: guard, writable: true, enumerable: false, configurable: true });
  }
  function searching(original) {
    var replaces = original === String.prototype.replace || original === String.prototype.replaceAll;
    return { guard: function (search, other) {
      if (this !== undefined && this !== null) {
        var text = typeof this === 'string' ? this : \`\${this}\`, wanted = search;
        if (typeof wanted !== 'string' && text.length > 10000) {
          if (isObject(wanted) && typeof wanted.exec !== 'function') wanted = \`\${wanted}\`;
        }
        if (text.length > 1000) spend(typeof wanted === 'string' ? text.length * wanted.length : text.length);
        if (typeof wanted === 'string' && text.length > 10000 && text.length * wanted.length > 400000000) costly();
        if (isObject(other)) other = \`\${other}\`;
        if (typeof other === 'string' && replaces && text.length * other.length > 400000000) costly();
        return apply(original, text, [wanted, other]);
      }
      return apply(original, this, [search, other]);
    } }.guard;
  }
  var proxies = new WeakSet(), isProxy = WeakSet.prototype.has, note = WeakSet.prototype.add;
  var descriptor = Object.getOwnPropertyDescriptor, parent = Object.getPrototypeOf, create = Object.create;
  var PlainProxy = global.Proxy;
  if (PlainProxy) {
    var noted = function Proxy(target, handler) {
      if (!new.target) throw new TypeError("Constructor Proxy requires 'new'");
      var made = new PlainProxy(target, handler);
      apply(note, proxies, [made]);
      return made;
    };
    var revocable = PlainProxy.revocable;
    defineProperty(noted, 'revocable', { value: { revocable: function (target, handler) {
      var made = apply(revocable, PlainProxy, [target, handler]);
      apply(note, proxies, [made.proxy]);
      return made;
    } }.revocable, writable: true, configurable: true });
    noted.prototype = undefined;
    defineProperty(noted, 'length', { value: 2, configurable: true });
    defineProperty(global, 'Proxy', { value: noted, writable: true, enumerable: false, configurable: true });
  }
  function mayLie(object) {
    for (var at = object, found; at !== null; at = parent(at)) {
      if (apply(isProxy, proxies, [at])) return true;
      found = descriptor(at, 'length');
      if (found) return !('value' in found) || isObject(found.value);
    }
    return false;
  }
  function sized(object) {
    if (!isObject(object)) return object;
    var lies = mayLie(object), length = +object.length;
    if (length > 20000000) costly();
    if (length > 100) spend(length);
    return lies ? create(object, { length: { value: length, writable: true, configurable: true } }) : object;
  }
  function counting(original) {
    return { guard: function () {
      for (var i = 0; original === concat && i < arguments.length; i++) if (isArray(arguments[i])) arguments[i] = sized(arguments[i]);
      var self = sized(this), result = apply(original, self, arguments);
      return result === self ? this : result;
    } }.guard;
  }
  function typed(original) {
    return { guard: function () {
      if (isObject(this)) spend(+this.length);
      return apply(original, this, arguments);
    } }.guard;
  }
  function lasting(original) {
    return { guard: function () {
      if (typeof this === 'string' && this.length > 1000) spend(this.length * 10);
      return apply(original, this, arguments);
    } }.guard;
  }
  var concat = Array.prototype.concat;
  ['indexOf', 'lastIndexOf', 'includes'].forEach(function (name) { replaced(String.prototype, name, searching); });
  ['split', 'replace', 'replaceAll'].forEach(function (name) { replaced(String.prototype, name, searching); });
  ['indexOf', 'lastIndexOf', 'includes', 'join', 'toString', 'toLocaleString', 'reverse', 'fill', 'slice', 'splice', 'shift',
    'unshift', 'sort', 'copyWithin', 'forEach', 'map', 'filter', 'some', 'every', 'reduce', 'reduceRight', 'flat', 'flatMap',
    'concat', 'find', 'findIndex', 'findLast', 'findLastIndex', 'toReversed', 'toSorted', 'toSpliced', 'with'].forEach(function (name) { replaced(Array.prototype, name, counting); });
  [['from', Array]].forEach(function (each) { replaced(each[1], each[0], function (original) {
    return { guard: function (source) {
      arguments[0] = sized(source);
      return apply(original, this, arguments);
    } }.guard;
  }); });
  ['normalize', 'localeCompare', 'toLowerCase', 'toUpperCase', 'toLocaleLowerCase', 'toLocaleUpperCase', 'trim', 'repeat',
    'match', 'search'].concat(lastingToo).forEach(function (name) { replaced(String.prototype, name, lasting); });
  ['fill', 'sort', 'indexOf', 'lastIndexOf', 'includes', 'join', 'reverse', 'set', 'slice', 'copyWithin', 'toReversed', 'toSorted',
    'with'].forEach(function (name) { replaced(parent(Int8Array.prototype), name, typed); });
})`;

/** Not around concat: a template is a call of it in our engine, and a guard there would hide where a run has come to. */
export const guards = `${text}([]);`;

/** The same for an engine that has no other text of ours. */
export const guardsAlone = `(function (global) {
  'use strict';
  var apply = Reflect.apply, defineProperty = Object.defineProperty;
  ${text}(['concat']);
})(globalThis);`;
