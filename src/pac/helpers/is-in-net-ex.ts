import { native, type Helper } from '../helper.ts';

/**
 * Chromium: two literals, mixed families compared as IPv4-mapped, null for anything that is no string. WinHTTP, by its
 * documentation: FALSE for mixed families; its examples pass a host name and an IPv6 prefix without "::".
 */
export const isInNetEx: Helper = {
  name: 'isInNetEx',
  summary: 'True when the address lies in the prefix.',
  variants: {
    mapped: native(
      ['address', 'prefix'],
      `if (typeof address !== 'string' || typeof prefix !== 'string') return null;
       return ask('inPrefix', address.length + ':' + address + prefix);`,
    ),
    'same-family': native(
      ['address', 'prefix'],
      `if (typeof address !== 'string' || typeof prefix !== 'string') return false;
       if (ask('isAddress', address)) return ask('inOwnPrefix', address.length + ':' + address + prefix);
       var all = lookup('all', address).split(';');
       for (var i = 0; i < all.length; i++) if (ask('inOwnPrefix', all[i].length + ':' + all[i] + prefix)) return true;
       return false;`,
    ),
  },
};
