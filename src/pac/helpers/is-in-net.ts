import { script, type Helper } from '../helper.ts';

/**
 * Pattern and mask must be quads, or the answer is false. A host that is none is looked up with the global `dnsResolve`,
 * so a script that replaces that function changes this one. An IPv6 answer is no quad and compares as 0.0.0.0, which is
 * what Firefox does.
 */
const compare = `var net = quad(pattern), bits = quad(mask);
  if (net === null || bits === null) return false;
  var own = quad(host);
  if (own === null) {
    var found = dnsResolve(host);
    if (found == null || found === false) return false;
    own = quad(found);
    if (own === null) own = octets(found);
  }
  return (own & bits) == (net & bits);`;

export const isInNet: Helper = {
  name: 'isInNet',
  summary: 'True when the address of the host lies in the network.',
  variants: {
    quad: script(['host', 'pattern', 'mask'], compare),
    'quad-private': script(['host', 'pattern', 'mask'], compare),
  },
};
