import { script, type Helper } from '../helper.ts';

/** Compares the list with "", so a missing argument (list undefined) counts as resolvable. */
export const isResolvableEx: Helper = {
  name: 'isResolvableEx',
  summary: 'True when the host has an address of either family.',
  variants: { list: script(['host'], `return dnsResolveEx(host) != '';`) },
};
