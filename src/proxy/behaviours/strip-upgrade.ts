import { z } from 'zod';

import { proxyBehaviour } from '../behaviour.ts';

/** RFC 9110 section 7.8 allows it: Upgrade is for one hop. Squid and tinyproxy do so unless told otherwise. */
export const stripUpgrade = proxyBehaviour({
  summary: 'Takes Upgrade for a field of one hop: the request goes on as a plain one, and nothing is upgraded.',
  options: z.strictObject({ kind: z.literal('strip-upgrade') }),
  concerns: ({ request: { kind } }) => kind === 'upgrade',
  serve: (exchange) => exchange.forward({ withoutUpgrade: true }),
  explain: () => 'forwards upgrades as plain requests',
});
