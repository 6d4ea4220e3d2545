import { z } from 'zod';

import { duration } from '../../../duration.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

export const phaseNames = [
  'sign-in',
  'registration',
  'bootstrap',
  'certificates',
  'signalling',
  'refresh',
  'renewal',
] as const;

const url = z.string().refine((text) => URL.canParse(text), 'a URL is needed');

export const connectorOptions = z.strictObject({
  kind: z.literal('connector'),
  phases: z
    .array(z.enum(phaseNames))
    .default(['bootstrap', 'signalling'])
    .describe('which of its phases run; their order is the program’s own. `refresh` and `renewal` come again'),
  version: z
    .string()
    .regex(/^\d+(\.\d+){1,3}$/, 'a version is numbers with dots')
    .optional()
    .describe('of the program, such as 1.5.1526.0; a current one unless given'),
  bootstrap: url.default('https://tenant.msappproxy.net/bootstrap').describe('where the configuration comes from'),
  serviceBus: z.string().default('tenant.servicebus.windows.net').describe('the signalling host'),
  ports: z
    .array(z.int())
    .default([5671, 5672, 9350, 9351, 9352, 9353, 9354])
    .describe('direct TCP ports, tried in this order before HTTPS; the connector’s own are not documented'),
  webSocket: z.boolean().default(false).describe('a WebSocket is tried after HTTPS has failed'),
  signIn: z
    .array(z.string())
    .default(['login.microsoftonline.com', 'login.windows.net', 'aadcdn.msauth.net'])
    .describe('hosts that the sign-in asks on 443; which ones of the list it asks is not documented'),
  registration: url
    .default('https://connectorregistrationca.msappproxy.net/register')
    .describe('where the certificate comes from'),
  certificate: z.string().default('connector').describe('the name in the certificate that registration brings'),
  validFor: duration
    .default(180 * day)
    .describe('how long that certificate is valid; not documented, but that it ends after months offline is'),
  checks: z
    .array(url)
    .default(['http://crl3.digicert.com/DigiCertGlobalRootG2.crl', 'http://ocsp.digicert.com/'])
    .describe('what Windows fetches to verify the service’s certificate'),
  data: url.default('https://tenant.msappproxy.net/data').describe('where answers for users go'),
  refreshEvery: duration.default(10 * minute).describe('“every few minutes”; the number is not documented'),
  retryEvery: duration
    .default(10 * minute)
    .describe(
      'after which configuration and signalling are tried again when they have failed; inferred, as long as the refresh. The step `start` tries at once',
    ),
  renewEvery: duration.default(60 * day).describe('“every couple of months”; the number is not documented'),
  singleSignOn: z
    .enum(['none', 'kerberos'])
    .default('none')
    .describe('kerberos: a 401 is answered with a ticket in the user’s name; the ticket itself is a stand-in'),
  long: z.boolean().default(false).describe('the application’s timeout is set to Long: 180 s instead of 85 s'),
});
export type ConnectorOptions = z.output<typeof connectorOptions>;

/** Versions in which something changed, from Microsoft's release notes. */
export const since = {
  backendProxy: '1.5.1526',
  webSocketStatus: '1.5.2846',
} as const;

/** Whether the program is at least of that version; one that is not given is current. */
export function atLeast({ version }: Pick<ConnectorOptions, 'version'>, wanted: string): boolean {
  if (version === undefined) return true;
  const [own, other] = [version, wanted].map((text) => text.split('.').map(Number));
  for (const [index, number] of (other ?? []).entries()) {
    const difference = (own?.[index] ?? 0) - number;
    if (difference !== 0) return difference > 0;
  }
  return true;
}
