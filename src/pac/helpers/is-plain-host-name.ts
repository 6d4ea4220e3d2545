import { native, script, type Helper } from '../helper.ts';

/**
 * Chromium: native; no dot, and no IP literal in any form its URL parser knows ("3232235521" is one, "[::1]" is not).
 * Firefox: neither dot nor colon. Older copies and, as far as known, WinHTTP: no dot.
 */
export const isPlainHostName: Helper = {
  name: 'isPlainHostName',
  summary: 'True when the host has no domain part.',
  variants: {
    'not-an-address': native(
      ['host'],
      `if (typeof host !== 'string') throw new TypeError('Requires 1 string parameter');
       if (host.indexOf('.') >= 0) return false;
       return !addressLike.test(host) || !ask('isAddress', host);`,
    ),
    'no-dot-no-colon': script(
      ['host'],
      `if (typeof host === 'string') return host.indexOf('.') < 0 && host.indexOf(':') < 0;
       return host.search(/[.:]/) == -1;`,
    ),
    'no-dot': script(['host'], `return String(host).indexOf('.') < 0;`),
  },
};
