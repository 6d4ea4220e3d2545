import { script, type Helper } from '../helper.ts';

export const dnsDomainLevels: Helper = {
  name: 'dnsDomainLevels',
  summary: 'Number of dots in the host.',
  variants: { dots: script(['host'], `return host.split('.').length - 1;`) },
};
