import { z } from 'zod';

import { plainText } from '../answer.ts';
import { proxyBehaviour } from '../behaviour.ts';
import { valueOf } from '../headers.ts';

/** As Squid does with `host_verify_strict on`: the Host of CONNECT must be its target, and must have the port. */
export const hostCheck = proxyBehaviour({
  summary: 'Refuses CONNECT with 409 when Host is not its target to the letter, the port included.',
  options: z.strictObject({ kind: z.literal('host-check') }),
  concerns: ({ request: { kind, target, headers } }) =>
    kind === 'connect' && valueOf(headers, 'host')?.toLowerCase() !== target.toLowerCase(),
  serve: ({ answer }) =>
    answer({
      status: 409,
      headers: [['X-Squid-Error', 'ERR_CONFLICT_HOST 0'], ...plainText],
      body: 'The Host field is not the target of the request.\n',
    }),
  explain: () => 'answers 409 to CONNECT when Host is not its target',
});
