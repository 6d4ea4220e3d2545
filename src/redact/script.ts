/**
 * A proxy script without its secrets. Comments go, lines stay where they were; texts, patterns and names of the author's
 * own are replaced. It is read mark by mark rather than parsed, since broken scripts are what people send.
 */
import type { Redactor } from './redactor.ts';

const marks =
  /(\/\/[^\r\n]*|\/\*[\s\S]*?(?:\*\/|$))|("(?:[^"\\\r\n]|\\[\s\S])*"?|'(?:[^'\\\r\n]|\\[\s\S])*'?|`(?:[^`\\]|\\[\s\S])*`?)|((?<=[(,=:[!&|?{};\n]\s*|return\s+)\/(?![*/])(?:[^/\\\r\n[]|\\.|\[(?:[^\]\\\r\n]|\\.)*\])+\/[a-z]*)|([\p{L}_$][\p{L}\p{N}_$]*)|(\d[\w.]*)/gu;

/** Words of the language and of the sandbox that are no plain words of ours. */
const language =
  /^(?:instanceof|finally|extends|super|yield|async|await|static|implements|interface|package|protected|debugger|prototype|arguments|hasOwnProperty|charCodeAt|fromCharCode|toString|valueOf|Infinity|NaN|Number|String|RegExp|Array|Object|Math|Date|JSON|isNaN|parseFloat|encodeURIComponent|decodeURIComponent|getTime|getMinutes|getSeconds|getFullYear|getMonth|getDate|getUTCHours|endsWith|startsWith|includes|trim|some|every|reduce|forEach|keys|floor|ceil|round|random|push|unshift|sort|reverse|const|let|alert|convert_addr)$/;

/** First pass: what the script looks for in names. */
export function gatherFragments(source: string, { words }: Redactor): void {
  for (const [, , text, regex] of source.matchAll(marks)) {
    const found = text ?? regex;
    if (found === undefined) continue;
    // Whole names with dots are no pieces of others.
    for (const [, run = ''] of found.matchAll(/(?<![\p{L}\p{N}])(\p{L}{3,})/gu)) {
      const whole = /^.[\p{L}\p{N}.:/-]+.$/u.test(found) && found.includes('.') && !/[*?]/.test(found);
      if (!whole) words.fragment(run);
    }
  }
}

export const redactScript = (source: string, redactor: Redactor): string =>
  source.replace(marks, (mark: string, ...groups: (string | undefined)[]) => {
    const [comment, text, regex, name] = groups;
    if (comment !== undefined) return blank(comment);
    if (text !== undefined) return inside(text, redactor);
    if (regex !== undefined) {
      const end = regex.lastIndexOf('/');
      return `/${redactor.pattern(regex.slice(1, end))}${regex.slice(end)}`;
    }
    if (name !== undefined) return language.test(name) ? name : redactor.identifier(name);
    return mark;
  });

/** Keeps the marks of a comment and its line ends. */
const blank = (comment: string): string =>
  comment.startsWith('//') ? '//' : `/*${comment.slice(2).replace(/[^\r\n]/g, '')}*/`;

/** The text between the quotes; what is escaped is read first, so that nothing hides behind `\x6b`. */
function inside(text: string, redactor: Redactor): string {
  const quote = text.charAt(0);
  const closed = text.length > 1 && text.endsWith(quote);
  const body = text.slice(1, closed ? -1 : undefined);
  const plain = body.replace(
    /\\(?:x([\da-f]{2})|u([\da-f]{4})|u\{([\da-f]+)\})/gi,
    (_, ...codes: (string | undefined)[]) =>
      String.fromCodePoint(Math.min(0x10ffff, Number.parseInt(codes.slice(0, 3).find(Boolean) ?? '0', 16))),
  );
  const holes = quote === '`' ? plain.split(/(\$\{[^}]*\})/) : [plain];
  const replaced = holes.map((part, index) =>
    index % 2 === 1
      ? redactScript(part, redactor)
      : escapes(part)
          .map(([own, kept]) => `${redactor.text(own)}${kept}`)
          .join(''),
  );
  return `${quote}${replaced.join('')}${closed ? quote : ''}`;
}

/** Escapes such as `\n` are no letters. */
const escapes = (text: string): [string, string][] =>
  [...text.matchAll(/([^\\]*)(\\[\s\S]|\\?$)/g)].map(([, own = '', kept = '']) => [own, kept]);
