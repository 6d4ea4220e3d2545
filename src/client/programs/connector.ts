/**
 * The Microsoft Entra application proxy connector, cloud leg. The binary is closed: what is documented is marked so,
 * the rest is inferred. Not known, and not asserted: which TCP ports it opens, and in which order.
 */
import { z } from 'zod';

import { sayDuration } from '../../duration.ts';
import { program } from '../program.ts';
import type { Phase } from '../program.ts';

const options = z.strictObject({
  kind: z.literal('connector'),
  bootstrap: z
    .string()
    .default('https://tenant.msappproxy.net/bootstrap')
    .describe('where the configuration comes from'),
  serviceBus: z.string().default('tenant.servicebus.windows.net').describe('the signalling host'),
  ports: z
    .array(z.int())
    .default([5671, 5672, 9350, 9351, 9352, 9353, 9354])
    .describe('direct TCP ports, tried in this order before HTTPS; the connector’s own are not documented'),
});
type Options = z.output<typeof options>;

/** Refreshed every few minutes with the client certificate; without it there is nothing to do. */
const bootstrap: Phase<Options> = {
  name: 'bootstrap',
  basis: 'documented',
  says: ({ bootstrap }) => `downloads its configuration from ${bootstrap}`,
  run: async (client, { bootstrap }) => {
    const { error, status } = await client.request(bootstrap, {});
    if (error) return { ok: false, says: `failed to download the configuration: ${error.text}` };
    return { ok: true, says: `configuration downloaded, status ${String(status)}` };
  },
};

/** Service Bus: direct TCP first, HTTPS on 443 only when that fails. */
const signalling: Phase<Options> = {
  name: 'signalling',
  basis: 'documented',
  says: ({ serviceBus, ports }) => `connects to ${serviceBus}, direct TCP ${ports.join(', ')} first, then HTTPS`,
  run: async (client, { serviceBus, ports }) => {
    const began = client.now();
    for (const port of ports) {
      if (await client.connectDirect(serviceBus, port)) return { ok: true, says: `direct TCP on port ${port}` };
    }
    const spent = client.now() - began;
    const { error, route } = await client.request(`https://${serviceBus}/`, {});
    if (error) return { ok: false, says: `neither direct TCP nor HTTPS: ${error.text}` };
    return { ok: true, says: `HTTPS by ${route ?? 'no route'} after ${sayDuration(spent)} on direct TCP` };
  },
};

export const connector = program({
  summary: 'Cloud leg of the Entra application proxy connector: bootstrap, then Service Bus signalling.',
  options,
  phases: [bootstrap, signalling],
});
