import { native, type Helper } from '../helper.ts';

export const getClientVersion: Helper = {
  name: 'getClientVersion',
  summary: 'Version of the helper set; documented for Windows as 1.0.',
  variants: { one: native([], `return '1.0';`) },
};
