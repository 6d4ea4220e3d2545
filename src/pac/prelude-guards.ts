/**
 * Guards around the few built-in functions whose one call can cost minutes: the engine looks at its limits between steps of
 * the script and inside regular expressions, but not inside these. Searching one long string for another is quadratic, and
 * array functions count through the whole `length` of what need not be an array.
 *
 * Text for the sandbox, as in `prelude-text.ts`. A guard runs into the time limit in their place; no usual script comes near
 * it. It looks like the function it stands for, except to `new` and to Function.prototype.toString. What a Proxy or a getter
 * says of its length at the second question is not seen.
 */
export const guards = `(function () {
  var isArray = Array.isArray, isObject = function (value) { return value !== null && typeof value === 'object'; };
  function costly() { for (;;); } // until the limit: that end cannot be caught by the script
  function replaced(object, name, made) {
    var original = object[name];
    if (typeof original !== 'function') return;
    var guard = made(original);
    defineProperty(guard, 'name', { value: name, configurable: true });
    defineProperty(guard, 'length', { value: original.length, configurable: true });
    defineProperty(object, name, { value: guard, writable: true, enumerable: false, configurable: true });
  }
  function searching(original) {
    return { guard: function (search, other) {
      if (this !== undefined && this !== null) {
        var text = typeof this === 'string' ? this : \`\${this}\`, wanted = search;
        if (typeof wanted !== 'string' && text.length > 10000) {
          if (isObject(wanted) && typeof wanted.exec !== 'function') wanted = \`\${wanted}\`;
        }
        if (typeof wanted === 'string' && text.length > 10000 && text.length * wanted.length > 400000000) costly();
        return apply(original, text, [wanted, other]);
      }
      return apply(original, this, [search, other]);
    } }.guard;
  }
  function counting(original) {
    return { guard: function () {
      if (isObject(this) && this.length > 20000000) costly();
      return apply(original, this, arguments);
    } }.guard;
  }
  ['indexOf', 'lastIndexOf', 'includes'].forEach(function (name) { replaced(String.prototype, name, searching); });
  ['split', 'replace', 'replaceAll'].forEach(function (name) { replaced(String.prototype, name, searching); });
  ['indexOf', 'lastIndexOf', 'includes', 'join', 'toString', 'toLocaleString', 'reverse', 'fill', 'slice', 'splice', 'shift',
    'unshift', 'sort', 'copyWithin', 'forEach', 'map', 'filter', 'some', 'every', 'reduce', 'reduceRight', 'flat', 'flatMap',
    'concat'].forEach(function (name) { replaced(Array.prototype, name, counting); });
})();`;
