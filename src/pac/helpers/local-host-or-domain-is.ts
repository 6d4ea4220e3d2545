import { script, type Helper } from '../helper.ts';

/** Equal, or the full name goes on with a dot where the host ends: "www.example" fits "www.example.test". */
export const localHostOrDomainIs: Helper = {
  name: 'localHostOrDomainIs',
  summary: 'True when the host is the name, or its first labels.',
  variants: {
    prefix: script(['host', 'hostdom'], `return host == hostdom || hostdom.lastIndexOf(host + '.', 0) == 0;`),
  },
};
