import { z } from 'zod';

import { step } from '../step.ts';

const url = z.string().superRefine((text, context) => {
  if (!URL.canParse(text) || !/^https?:/i.test(text)) {
    context.addIssue({ code: 'custom', message: `'${text}' is not an http or https URL` });
  }
});

const sayLeg = (leg: string | undefined): string =>
  leg === 'backend' ? ' (backend leg)' : leg === 'system' ? ' (for itself)' : '';

export const fetchStep = step({
  verb: 'fetch',
  summary: 'A client requests a URL, by whatever route its settings and the network give.',
  options: z.strictObject({
    url,
    client: z.string().describe('which of `clients`'),
    method: z
      .string()
      .regex(/^[A-Z]+$/, 'a method is written in capitals')
      .optional(),
    headers: z.record(z.string(), z.string()).optional(),
    body: z.string().optional(),
    leg: z
      .enum(['cloud', 'backend', 'system'])
      .optional()
      .describe('backend: what the connector does for a user; system: what a browser does for itself, such as updates'),
    halfClose: z
      .boolean()
      .optional()
      .describe('says FIN behind the request and still waits for the answer, as simple programs do'),
    keep: z
      .boolean()
      .optional()
      .describe('leaves the connection open after the answer, and uses one that an earlier step has left open'),
  }),
  clients: ({ client }) => [client],
  says: ({ url, client, leg }) => `${client} fetches ${url}${sayLeg(leg)}`,
  run: async ({ url, client, ...options }, stage) => {
    await stage.client(client).request(url, options);
  },
});
