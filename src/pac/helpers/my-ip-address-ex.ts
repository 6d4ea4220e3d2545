import { native, type Helper } from '../helper.ts';

export const myIpAddressEx: Helper = {
  name: 'myIpAddressEx',
  summary: 'All addresses of this machine, joined with ";"; "" when there are none.',
  variants: { list: native([], `return lookup('myIpAll', '');`) },
};
