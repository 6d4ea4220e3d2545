import { z } from 'zod';

import { globPattern } from '../../glob.ts';
import { leafFaults } from '../../net/certificates.ts';
import type { LeafFault } from '../../net/certificates.ts';
import { proxyBehaviour } from '../behaviour.ts';
import { intercept } from '../intercept.ts';

const version = z.enum(['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']);

const limits = z.strictObject({
  minVersion: version.optional().describe('the lowest version; TLSv1.2 when absent'),
  maxVersion: version.optional().describe('the highest version; TLSv1.3 when absent'),
  ciphers: z.string().optional().describe("OpenSSL's cipher list"),
  signatures: z.string().optional().describe("OpenSSL's list of signature algorithms, such as ECDSA+SHA256"),
});

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
    name: z.string().optional().describe('the name in the substitutes, when it is not that of CONNECT'),
    trust: z.array(z.string()).default(['public-ca']).describe('the authorities that origins must be signed by'),
    alpn: z
      .enum(['h2', 'http/1.1', 'none'])
      .default('http/1.1')
      .describe('h2: HTTP/2 too, towards the client only; none: the extension is removed'),
    clientCertificate: z
      .enum(['none', 'accept', 'required'])
      .default('none')
      .describe('whether it asks the client for a certificate, for itself: the origin never sees it'),
    hello: z
      .strictObject({
        limit: z.int().positive().default(1460).describe('bytes of the first segment'),
        then: z.enum(['reset', 'hang']).default('reset').describe('what happens to a larger ClientHello'),
      })
      .optional()
      .describe('reads a ClientHello from one segment only'),
    downgrade: z
      .boolean()
      .default(false)
      .describe(
        'answers with TLS 1.2 and the mark of a downgrade (RFC 8446 4.1.3), as an inspector that copies the random bytes of the destination',
      ),
    toClient: limits.prefault({}).describe('TLS towards the client'),
    toOrigin: limits.prefault({}).describe('TLS towards the origin'),
  }),
  concerns: ({ request: { kind, host } }, { bypass }) =>
    kind === 'connect' && !bypass.some((glob) => globPattern(glob).test(host)),
  serve: intercept,
  explain: ({ ca, leaf }) => `opens TLS with certificates of ${ca}${leaf === undefined ? '' : ` (${leaf})`}`,
});
