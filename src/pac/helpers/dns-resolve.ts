import { native, type Helper } from '../helper.ts';

/**
 * Chromium: first IPv4 address, null otherwise, also for anything that is no string. Firefox: first address of either
 * family; a missing argument throws. WinHTTP: IPv4, false on failure (observed in Internet Explorer 8).
 */
export const dnsResolve: Helper = {
  name: 'dnsResolve',
  summary: 'Address of the host.',
  variants: {
    ipv4: native(['host'], `return typeof host === 'string' ? lookup('A', host) : null;`),
    'any-family': {
      ...native(
        null,
        `if (arguments.length < 1) throw new TypeError('dnsResolve: At least 1 argument required, but only 0 passed');
         return typeof arguments[0] === 'string' ? lookup('first', arguments[0]) : null;`,
      ),
      length: 1,
    },
    'ipv4-or-false': native(
      ['host'],
      `var found = lookup('A', String(host));
       return found === null ? false : found;`,
    ),
  },
};
