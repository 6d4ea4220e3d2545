import { z } from 'zod';

import { step } from '../step.ts';

const target = z.string().regex(/^(\[[0-9a-fA-F:.]+\]|[^:\s/@]+):\d{1,5}$/, 'host:port is needed');

export const tunnelStep = step({
  verb: 'tunnel',
  summary: 'A client opens a tunnel to host:port and closes it again: CONNECT at a proxy, plain TCP without one.',
  options: z.strictObject({
    to: target,
    client: z.string().describe('which of `clients`'),
    scheme: z
      .enum(['http', 'https', 'ws', 'wss'])
      .optional()
      .describe('of the URL that the route is chosen by, `wss` for a WebSocket; https unless given, http for port 80'),
  }),
  clients: ({ client }) => [client],
  says: ({ to, client }) => `${client} opens a tunnel to ${to}`,
  run: async ({ to, client, scheme }, stage) => {
    await stage.client(client).tunnel(to, scheme);
  },
});
