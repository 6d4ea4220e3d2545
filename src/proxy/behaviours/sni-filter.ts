import { z } from 'zod';

import { globPattern } from '../../glob.ts';
import { proxyBehaviour } from '../behaviour.ts';
import { afterHello } from '../client-hello.ts';

export const sniFilter = proxyBehaviour({
  summary: 'Opens every tunnel, then ends those whose ClientHello names a server it does not like.',
  options: z.strictObject({
    kind: z.literal('sni-filter'),
    deny: z.array(z.string()).default(['*']).describe('server names (globs)'),
    unnamed: z.enum(['allow', 'deny']).default('allow').describe('a ClientHello without a server name'),
    how: z.enum(['fin', 'rst']).default('rst').describe('closes in order, or resets'),
  }),
  concerns: ({ request: { kind } }) => kind === 'connect',
  serve: (exchange, { deny, unnamed, how }) =>
    exchange.forward({
      up: (wire) =>
        afterHello((hello) => {
          const name = hello?.serverName;
          const denied =
            typeof name === 'string' ? deny.some((glob) => globPattern(glob).test(name)) : unnamed === 'deny';
          if (hello && denied) setImmediate(wire.cut, how);
          return !hello || !denied;
        }),
    }),
  explain: ({ deny, how }) => `${how === 'rst' ? 'resets' : 'closes'} tunnels to servers named ${deny.join(', ')}`,
});
