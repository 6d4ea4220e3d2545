import { z } from 'zod';

import { step } from '../step.ts';

const address = z.union([z.ipv4(), z.ipv6()]);

export const networkStep = step({
  verb: 'network',
  summary: 'Carries a machine into another network: VPN up or down, dock to wireless. What is not named stays.',
  options: z
    .strictObject({
      client: z.string().describe('which of `clients`'),
      address: address.optional().describe('its new address; this is what clients notice'),
      suffix: z.string().nullable().optional().describe("the machine's primary DNS suffix, null for none"),
      dns: address.optional().describe('the name server it asks from now on'),
      option252: z.string().optional().describe('what DHCP says of the proxy script; `none`: nothing'),
    })
    .refine((change) => Object.entries(change).some(([what, value]) => what !== 'client' && value !== undefined), {
      message: 'something of the network must change: address, suffix, dns or option252',
    }),
  clients: ({ client }) => [client],
  says: ({ client, ...change }) =>
    `${client} is in another network: ${Object.entries(change)
      .map(([what, value]) => `${what} ${value ?? 'none'}`)
      .join(', ')}`,
  run: async ({ client, ...change }, stage) => {
    await stage.client(client).network(change);
  },
});
