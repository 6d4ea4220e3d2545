/** Text for the sandbox, as in `prelude-text.ts`: what one client's scripts find beside the helpers, and what they do not. */
import { es5Globals } from './jscript.ts';

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
