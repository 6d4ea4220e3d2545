import { z } from 'zod';

import { globPattern } from '../../glob.ts';
import { leafFaults } from '../../net/certificates.ts';
import type { LeafFault } from '../../net/certificates.ts';
import { proxyBehaviour } from '../behaviour.ts';
import { intercept } from '../intercept.ts';

export const inspect = proxyBehaviour({
  summary: "Opens TLS inside tunnels with a certificate of its own; the client's certificate is lost on the way.",
  options: z.strictObject({
    kind: z.literal('inspect'),
    ca: z.string().default('inspection-ca').describe('the authority that signs the substitute certificates'),
    bypass: z.array(z.string()).default([]).describe('hosts (globs) whose tunnels are left alone'),
    leaf: z
      .enum(Object.keys(leafFaults) as LeafFault[])
      .optional()
      .describe('what is wrong with the substitute certificates'),
    trust: z.array(z.string()).default(['public-ca']).describe('the authorities that origins must be signed by'),
  }),
  concerns: ({ request: { kind, host } }, { bypass }) =>
    kind === 'connect' && !bypass.some((glob) => globPattern(glob).test(host)),
  serve: intercept,
  explain: ({ ca, leaf }) => `opens TLS with certificates of ${ca}${leaf === undefined ? '' : ` (${leaf})`}`,
});
