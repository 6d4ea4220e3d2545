import { native, type Helper } from '../helper.ts';

/** IPv6 before IPv4, ascending, stable, the original texts kept; false when one entry is no address or there is none. */
export const sortIpAddressList: Helper = {
  name: 'sortIpAddressList',
  summary: 'Sorts addresses that are joined with ";".',
  variants: {
    numeric: native(['list'], `return typeof list === 'string' ? ask('sortAddresses', list) : null;`),
  },
};
