import { native, type Helper } from '../helper.ts';

/** The route to an IPv4 address is probed first, then one to an IPv6 address; nothing found is 127.0.0.1. */
export const myIpAddress: Helper = {
  name: 'myIpAddress',
  summary: 'Address of this machine.',
  variants: {
    primary: native([], `return lookup('myIp', '');`),
    ipv4: native([], `return lookup('myIpv4', '');`),
  },
};
