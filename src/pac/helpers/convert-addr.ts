import { script, type Helper } from '../helper.ts';

export const convertAddr: Helper = {
  name: 'convert_addr',
  summary: 'Signed 32-bit number of four octets; each is cut to 8 bits, garbage counts as 0.',
  variants: {
    quad: script(
      ['text'],
      `var part = text.split('.');
       return ((part[0] & 255) << 24) | ((part[1] & 255) << 16) | ((part[2] & 255) << 8) | (part[3] & 255);`,
    ),
  },
};
