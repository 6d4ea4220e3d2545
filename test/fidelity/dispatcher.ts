/** One PAC file that holds every case: it tells by `alert` what it was given and what came out. */
import type { Case } from './cases.ts';

export function dispatcherFor(cases: readonly Case[]): string {
  const table = Object.fromEntries(
    cases.flatMap(({ group, url, expression, now }) => {
      if (expression === null) return [];
      return [[new URL(url).hostname, [expression, now, group === 'returned string' || group === 'script' ? 1 : 0]]];
    }),
  );
  const ascii = JSON.stringify(table).replaceAll(
    /[^\0-\x7f]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `var table = ${ascii};
${dispatcher}`;
}

/** The helpers of both browsers read the global `Date`, so another one in its place is another day. */
const dispatcher = `
var Today = Date;
function at(now, ask) {
  function Then(y, m, d, h, i, s, t) {
    switch (arguments.length) {
      case 0: return new Today(now);
      case 1: return new Today(y);
      case 2: return new Today(y, m);
      case 3: return new Today(y, m, d);
      case 4: return new Today(y, m, d, h);
      case 5: return new Today(y, m, d, h, i);
      case 6: return new Today(y, m, d, h, i, s);
      default: return new Today(y, m, d, h, i, s, t);
    }
  }
  Then.now = function () { return now; };
  Then.UTC = Today.UTC;
  Then.prototype = Today.prototype;
  Date = Then;
  try { return ask(); } finally { Date = Today; }
}
function show(value) {
  if (typeof value == 'string') {
    var out = '';
    for (var i = 0; i < value.length; i++) {
      var code = value.charCodeAt(i);
      out += code < 32 || code > 126 ? '%' + code + ';' : value.charAt(i);
    }
    return 'string ' + out;
  }
  return (value === null ? 'null' : typeof value) + ' ' + String(value);
}
function FindProxyForURL(url, host) {
  var entry = table[host];
  if (!entry) { alert('given ' + show(url) + ' ' + show(host)); return 'DIRECT'; }
  var value;
  try { value = at(entry[1], function () { return eval(entry[0]); }); }
  catch (error) { alert('threw ' + (error && error.name || show(error))); return 'PROXY threw.nx.test:9'; }
  alert('gave ' + show(value));
  return entry[2] ? value : 'PROXY gave.nx.test:9';
}
`;
