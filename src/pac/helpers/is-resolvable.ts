import { native, script, type Helper } from '../helper.ts';

export const isResolvable: Helper = {
  name: 'isResolvable',
  summary: 'True when the host has an address.',
  variants: {
    'dns-resolve': script(['host'], `return dnsResolve(host) != null;`),
    ipv4: native(['host'], `return lookup('A', String(host)) !== null;`),
  },
};
