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
