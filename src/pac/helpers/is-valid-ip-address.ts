import { script, type Helper } from '../helper.ts';

export const isValidIpAddress: Helper = {
  name: 'isValidIpAddress',
  summary: 'True for four decimal numbers up to 255 with dots; leading zeros are decimal.',
  variants: { quad: script(['text'], `return quad(text) !== null;`) },
};
