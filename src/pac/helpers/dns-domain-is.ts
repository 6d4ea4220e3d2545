import { script, type Helper } from '../helper.ts';

/** A bare test of the last characters: "badexample.com" is in "example.com"; case counts; null throws. */
export const dnsDomainIs: Helper = {
  name: 'dnsDomainIs',
  summary: 'True when the host ends with the domain.',
  variants: {
    suffix: script(
      ['host', 'domain'],
      `var start = host.length - domain.length;
       return start >= 0 && host.substring(start) == domain;`,
    ),
  },
};
