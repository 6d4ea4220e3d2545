import { z } from 'zod';

import { step } from '../step.ts';

const url = z.string().refine((text) => URL.canParse(text) && /^https?:/i.test(text), 'an http or https URL is needed');

export const visitStep = step({
  verb: 'visit',
  summary: 'A user asks for an application that a connector publishes. The way to the service is simulated: no packet.',
  options: z.strictObject({
    url: url.describe('the application’s internal address'),
    client: z.string().describe('which of `clients`; its program has to be the connector'),
    method: z
      .string()
      .regex(/^[A-Z]+$/, 'a method is written in capitals')
      .optional(),
    headers: z.record(z.string(), z.string()).optional(),
    assigned: z.boolean().default(true).describe('false: the user may not use the application'),
  }),
  clients: ({ client }) => [client],
  publishes: true,
  says: ({ url, client }) => `a user asks for ${url}, published by ${client}`,
  run: async ({ client, ...visit }, stage) => {
    await stage.client(client).visit(visit);
  },
});
