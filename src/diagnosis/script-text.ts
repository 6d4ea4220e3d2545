/** What can be read in the text of a script without running it. */

/** A page, not a script. */
export const isMarkup = (text: string): boolean => /^\s*(?:\uFEFF)?<(?!!--)/.test(text);

/** The IPv6-aware entry function of Microsoft is there, the common one is not. */
export const definesOnlyEx = (text: string): boolean =>
  /\bFindProxyForURLEx\b/.test(text) && !/\bFindProxyForURL\b/.test(text);

/** The text without comments; strings stay, so that `"http://"` is none. */
export const withoutComments = (text: string): string =>
  text.replace(
    /("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g,
    (_all, kept: string) => kept ?? ' ',
  );

/** The texts of string literals, without escapes undone. */
export const stringsIn = (text: string): string[] =>
  [...withoutComments(text).matchAll(/"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'/g)].map(
    ([, double, single]) => double ?? single ?? '',
  );

/** The script asks chance, or a function of it assigns to a variable that lives outside: it answers by its history. */
export function keepsState(text: string): boolean {
  const code = withoutComments(text).replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, '""');
  if (asksChance(code)) return true;
  const outer = outsideOf(code);
  const names = [...outer.matchAll(/\b(?:var|let)\s+([\w$]+)/g)].flatMap(([, name]) => name ?? []);
  return names.some((name) => {
    const changed = new RegExp(`(?<![\\w$.])${name.replace(/\$/g, '\\$&')}\\s*(?:\\+\\+|--|[+*-]?=(?!=))`, 'g');
    return (code.match(changed)?.length ?? 0) > (outer.match(changed)?.length ?? 0);
  });
}

export const asksChance = (text: string): boolean => /\bMath\.random\s*\(/.test(text);

/** What stands outside all braces. */
function outsideOf(code: string): string {
  let depth = 0;
  let outside = '';
  for (const char of code) {
    if (char === '{') depth += 1;
    if (depth === 0) outside += char;
    if (char === '}') depth -= 1;
  }
  return outside;
}
