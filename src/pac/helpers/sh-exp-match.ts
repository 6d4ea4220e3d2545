import { script, type Helper } from '../helper.ts';

/**
 * Browsers turn the pattern into a regular expression and translate only ".", "*" and "?"; all else stays live, so
 * "(a|b)" works, "a+b" does not match itself, and "a[b" throws. WinHTTP is described as a compare with wildcards.
 */
export const shExpMatch: Helper = {
  name: 'shExpMatch',
  summary: 'True when the text matches the shell pattern.',
  variants: {
    'regular-expression': script(
      ['text', 'pattern'],
      `if (typeof text === 'string') {
         var known = patterns.get(pattern);
         if (known !== undefined) return known(text);
         if (typeof pattern === 'string') return compile(pattern)(text);
       }
       return matcher(pattern.replace(/\\./g, '\\\\.').replace(/\\*/g, '.*').replace(/\\?/g, '.')).test(text);`,
    ),
    wildcards: script(['text', 'pattern'], `return wildcard(String(pattern)).test(String(text));`),
  },
};
