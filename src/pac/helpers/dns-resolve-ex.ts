import { native, type Helper } from '../helper.ts';

export const dnsResolveEx: Helper = {
  name: 'dnsResolveEx',
  summary: 'All addresses of the host, joined with ";"; "" when there are none.',
  variants: { list: native(['host'], `return typeof host === 'string' ? lookup('all', host) : undefined;`) },
};
